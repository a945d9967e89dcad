import Foundation
import Testing

@testable import Configuration

@Suite("The contract's files can be read") struct ContractFileTests {
  private var folder: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("topics")
  }

  @Test("Every YAML file in topics/ is YAML, and what asyncapi.yaml refers to is there") func yaml() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    for name in names where name.hasSuffix(".yaml") {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      let node = try ConfigurationNode(yaml: text, file: name)
      #expect(node.members?.isEmpty == false, "\(name)")
      guard name == "asyncapi.yaml" else { continue }
      for match in text.matches(of: /\.\/([a-z-]+\.schema\.json)/) {
        #expect(names.contains(String(match.1)), "\(match.1)")
      }
      for match in text.matches(of: /#\/components\/messages\/([a-zA-Z]+)/) {
        #expect(text.contains("\n    \(match.1):\n"), "\(match.1)")
      }
    }
  }
}
