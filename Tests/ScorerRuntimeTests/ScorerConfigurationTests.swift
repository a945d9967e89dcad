import Configuration
import Deals
import Foundation
import Scoring
import ScorerRuntime
import Testing
import Topics

@Suite struct ScorerConfigurationTests {
  private var root: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  }

  private func load(_ flags: [(String, String)] = [], file: String? = nil) throws -> ScorerSettings {
    try ScorerSettings.load(file: file, environment: [:], flags: flags).settings
  }

  @Test("config/scorer.yaml says what holds without it")
  func defaults() throws {
    let loaded = try ScorerSettings.load(
      file: root.appendingPathComponent("config/scorer.yaml").path, environment: [:], flags: [])
    let bare = try ScorerSettings.load(file: nil, environment: [:], flags: [])
    #expect(loaded.effective.map { "\($0.key) \($0.value)" } == bare.effective.map { "\($0.key) \($0.value)" })
    #expect(loaded.settings.engine.configurationHash == "default")
  }

  @Test("config/playbook.yaml says what holds without it")
  func playbook() throws {
    #expect(try Playbook(file: root.appendingPathComponent("config/playbook.yaml").path) == .standard)
  }

  @Test("a setting on which scores depend changes the configuration's hash, another does not")
  func hash() throws {
    #expect(try load().engine.configurationHash == "default")
    #expect(try load([("scorer.threads", "2")]).engine.configurationHash == "default")
    let changed = try load([("scoring.minimum_deals", "20")]).engine.configurationHash
    #expect(changed != "default")
    #expect(try load([("scoring.minimum_deals", "20")]).engine.configurationHash == changed)
    #expect(try load([("scoring.minimum_deals", "21")]).engine.configurationHash != changed)
  }

  @Test("a playbook with an unknown condition or field is refused with its line")
  func wrongPlaybook() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    try "actions:\n  - id: a\n    when: { day_in_stage_above: 3 }\n    say: x\n"
      .write(toFile: path, atomically: true, encoding: .utf8)
    #expect { try Playbook(file: path) } throws: { "\($0)".contains(":3:") && "\($0)".contains("days_in_stage_above") }
    try "actions:\n  - id: a\n    say: call {rap}\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect { try Playbook(file: path) } throws: { "\($0)".contains(":3:") && "\($0)".contains("{rap}") }
  }

  @Test("the topic files say what the programs make")
  func topicFiles() throws {
    for topic in TopicDeclaration.all() {
      let path = root.appendingPathComponent("topics/\(topic.name).yaml").path
      let node = try ConfigurationNode(yaml: try String(contentsOfFile: path, encoding: .utf8), file: path)
      let members = try node.members(
        knowing: ["name", "key", "partitions", "replication", "policy", "schema", "written_by", "read_by"])
      #expect(members["name"]?.text == topic.name)
      #expect(members["partitions"]?.text == "\(topic.partitions)")
      #expect(members["key"]?.text == topic.key)
      let policy =
        switch topic.policy {
        case .keep: "keep"
        case .keepDays(let days): "keep \(days) days"
        case .compact: "compact"
        case .compactAndDelete(let days): "compact and delete after \(days) days"
        }
      #expect(members["policy"]?.text == policy)
    }
  }

  @Test("the description names what is read, kept and written")
  func description() throws {
    let text = try load([("topics.prefix", "acme.")]).description
    for name in ["acme.deals.changes", "acme.deals.outcomes", "acme.deals.state", "acme.deals.risk"] {
      #expect(text.contains(name))
    }
  }
}
