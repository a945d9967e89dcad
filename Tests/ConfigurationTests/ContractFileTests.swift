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

  @Test("Every schema in topics/ is JSON with a title, and the files it refers to are there") func schemas() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    for name in names where name.hasSuffix(".schema.json") {
      let data = try Data(contentsOf: folder.appendingPathComponent(name))
      let schema = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any], "\(name)")
      #expect(schema["title"] is String, "\(name)")
      for match in String(decoding: data, as: UTF8.self).matches(of: /"\$ref": "([^"]+)"/) {
        #expect(names.contains(String(match.1)), "\(name) refers to \(match.1)")
      }
    }
  }

  @Test("Every schema that a topic names is there") func namedSchemas() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    for name in names where name.hasPrefix("deals.") || name.hasPrefix("alerts.") {
      let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
      for match in text.matches(of: /([a-z-]+\.schema\.json)/) {
        #expect(names.contains(String(match.1)), "\(name): \(match.1)")
      }
    }
  }
}
