import Configuration
import Deals
import EngineConfiguration
import Foundation
import Kafka
import Scoring
import Testing
import Topics
import Trends

@testable import ScorerRuntime

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

  @Test("a replay watches what the file says under trends, whole or in part, and leaves all else alone") func trends()
    throws
  {
    let text = """
      kafka:
        bootstrap_servers: nowhere:9092
      scoring:
        minimum_deals: 20
      trends:
        segments: [rep, rep*industry]
        detector: plain
        velocity_floor: 120
        silence_hours: 2
      """
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let settings = try TrendSettings(file: path)
    #expect(settings.segments.map(\.name) == ["rep", "rep*industry"])
    #expect(settings.detector == .plain && settings.velocityFloor == 120 && settings.minimumDeals == 20)
    #expect(settings == (try load(file: path)).trends?.engine)
    #expect(try TrendSettings(file: root.appendingPathComponent("config/scorer.yaml").path) == TrendSettings())
  }

  @Test("two tenants on one cluster share neither a group nor a transactional id")
  func tenants() throws {
    for group in [[], [("scorer.group_id", "blue"), ("trends.group_id", "red")]] {
      let tenants = try ["", "acme.", "other."].map { try load([("topics.prefix", $0)] + group) }
      #expect(Set(tenants.map(\.groupID)).count == 3)
      #expect(Set(tenants.compactMap { $0.trends?.groupID }).count == 3)
      #expect(Set(tenants.map { $0.transactionalID(ofMember: "a-0") }).count == 3)
      #expect(Set(tenants.compactMap { $0.trends?.transactionalID }).count == 3)
      #expect(tenants[1].groupID == "acme.\(tenants[0].groupID)")
    }
  }

  @Test("the instances of a tenant share the transactional id of the trend processor, which no thread of a scorer has")
  func trendTransactionalID() throws {
    let instances = try ["a", "b", "active"].map { try load([("scorer.instance_id", $0)]) }
    #expect(Set(instances.compactMap { $0.trends?.transactionalID }) == ["deal-trends-active"])
    for var settings in instances {
      settings.groupID = "deal-trends"
      #expect(settings.transactionalID(ofMember: settings.memberName(thread: 0)) != settings.trends?.transactionalID)
    }
  }

  @Test("cooperative-sticky is refused under a librdkafka that can lose partitions by it, with the line and what to do")
  func assignor() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "scorer:\n  threads: 1\n  assignor: cooperative-sticky\n".write(toFile: path, atomically: true, encoding: .utf8)
    func load(_ library: LibraryVersion) throws -> ScorerSettings {
      try ScorerSettings.load(file: path, environment: [:], flags: [], library: library).settings
    }
    #expect {
      try load(LibraryVersion(2, 9, 4))
    } throws: { error in
      let text = "\(error)"
      return text.hasPrefix("\(path):3: scorer.assignor: cooperative-sticky needs librdkafka 2.10.0 or later")
        && text.contains("this is 2.9.4") && text.contains("set range")
    }
    #expect(try load(LibraryVersion(2, 10, 0)).assignor == .cooperativeSticky)
    #expect(try self.load().assignor == .range)
  }

  @Test("a segment that is none is named") func wrongSegment() {
    let faults = #expect(throws: ConfigurationFaults.self) {
      try ScorerSettings.load(file: nil, environment: [:], flags: [("trends.segments", "rep,industry,colour,region")])
    }
    #expect(faults.map { "\($0)" }?.contains("(colour is neither)") == true, "\(String(describing: faults))")
  }

  @Test("a replay leaves alone just those parts of scorer.yaml on which no score depends")
  func runtimeParts() {
    let scored = Set(EngineKeys.all.map(\.name))
    let others = ScorerKeys.schema.keys.map(\.name).filter { !scored.contains($0) }
    #expect(Set(others.map { String($0.prefix { $0 != "." }) }) == EngineKeys.runtimeParts)
  }

  @Test("scorer, verification and replay give the same configuration the same hash, however it is written")
  func sameHash() throws {
    var tuned = ScoringConfiguration(.weighted)
    (tuned.weights.cycleBucket, tuned.weights.rep) = (0.1, 0.45)
    tuned.currencies = CurrencyTable(rates: [try #require(Currency("EUR")): 1.08])
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try tuned.yaml.write(toFile: path, atomically: true, encoding: .utf8)
    let scorer = try load(file: path).engine
    #expect(scorer.configurationHash == tuned.settings.configurationHash)
    #expect(scorer.configurationHash == (try ScoringConfiguration(file: path)).settings.configurationHash)
    #expect(scorer.configurationHash != "default")
    #expect((scorer.model as? WeightedModel)?.weights == tuned.weights)
    #expect(ScoringConfiguration(.weighted).settings.configurationHash == "default")
  }

  @Test("weights that do not add up to 1, and tiers that do not ascend, stop the start")
  func wrongWeights() {
    #expect {
      try load([("scoring.weights.rep", "0.5"), ("scoring.tiers.low", "56")])
    } throws: { error in
      let text = "\(error)"
      return text.contains("scoring.weights: add up to 1.25") && text.contains("scoring.tiers: must ascend")
    }
  }

  @Test("weights that do not add up are told with the line of the first that is set")
  func linesOfWeights() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "scoring:\n  model: weighted-v1\n  weights:\n    rep: 0.65\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect { try load(file: path) } throws: { "\($0)".hasPrefix("\(path):4: scoring.weights: add up to ") }
  }

  @Test("a replay reads what scores depend on from file, environment and flags, as the scorer does")
  func oneLoader() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try "scoring:\n  minimum_deals: 7\n  half_life_days: 30\nkafka:\n  bootstrap_servers: a:1\n"
      .write(toFile: path, atomically: true, encoding: .utf8)
    let environment = ["DEALPULSE_SCORING_MINIMUM_DEALS": "5", "DEALPULSE_SCORING_MODEL": "points-v1"]
    let flags = [("scoring.model", "weighted-v1")]
    let replay = try ScoringConfiguration(file: path, environment: environment, flags: flags)
    #expect(replay.baselines.minimumDeals == 5 && replay.halfLifeDays == 30 && replay.model == .weighted)
    let scorer = try ScorerSettings.load(file: path, environment: environment, flags: flags)
    #expect(scorer.settings.engine.configurationHash == replay.settings.configurationHash)
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
