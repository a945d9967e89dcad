import Kafka
import Logging
import Programs
import Topics

/// The declared topics beside those of a cluster. Blocks; use it from a `DedicatedThread`.
struct TopicContract {
  private let admin: Admin
  private let prefix: String
  private let declared: [TopicDeclaration]

  init(client: ClientConfiguration, prefix: String, dealPartitions: Int, logger: Logger) throws {
    admin = try Admin(client, logger: logger)
    self.prefix = prefix
    declared = TopicDeclaration.all(dealPartitions: dealPartitions)
  }

  /// Makes what is missing; says what it made.
  func apply(replication: Int?) throws -> [String] {
    let cluster = try admin.describeCluster()
    var lines: [String] = []
    let missing = declared.filter { cluster.topics[prefix + $0.name] == nil }
    let made = try admin.create(
      missing.map {
        NewTopic(
          prefix + $0.name, partitions: $0.partitions, replication: replication,
          configuration: $0.policy.configuration)
      })
    for name in made { lines.append("made \(name)") }
    for topic in declared {
      let name = prefix + topic.name
      guard let found = cluster.topics[name], found.partitions < topic.partitions else { continue }
      guard !isKeyed(topic.name) else {
        lines.append(
          "left \(name) with \(found.partitions) partitions: more of them would part a deal's records. "
            + "Pass --deal-partitions \(found.partitions), or begin with new topics under another prefix")
        continue
      }
      try admin.createPartitions(of: name, total: topic.partitions)
      lines.append("gave \(name) \(topic.partitions) partitions")
    }
    if !lines.isEmpty { try waitUntilLed() }
    return lines
  }

  /// Waits until each partition has a leader: a topic that was just made may not take records yet.
  ///
  /// - Throws: `Failure` where one has none after half a minute.
  private func waitUntilLed() throws {
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      let topics = try admin.describeCluster().topics
      let idle = declared.map { prefix + $0.name }.first { topics[$0]?.leaders.contains { $0 < 0 } ?? true }
      guard let idle else { return }
      guard ContinuousClock.now < deadline else {
        throw Failure(
          text:
            "\(idle) was made, but not every partition of it has a leader: see to the brokers, then `dealpulse topics check`"
        )
      }
      DedicatedThread.pause(milliseconds: 100)
    }
  }

  /// Every difference in words, none where all is well.
  func differences() throws -> [String] {
    let cluster = try admin.describeCluster()
    let isEmbedded = admin.isEmbedded()
    var lines: [String] = []
    for topic in declared {
      let name = prefix + topic.name
      guard let found = cluster.topics[name] else {
        lines.append("\(name) is missing: run `dealpulse topics apply`")
        continue
      }
      if found.partitions != topic.partitions {
        lines.append("\(name) has \(found.partitions) partitions instead of \(topic.partitions)")
      }
      // The embedded broker has no settings to ask for.
      if !isEmbedded { lines += try settingDifferences(topic, name) }
    }
    return lines
  }

  private func settingDifferences(_ topic: TopicDeclaration, _ name: String) throws -> [String] {
    let found = try admin.configuration(of: name)
    return topic.policy.configuration.sorted { $0.key < $1.key }.compactMap { key, value in
      guard let actual = found[key], Set(actual.split(separator: ",")) != Set(value.split(separator: ",")) else {
        return nil
      }
      return "\(name) has \(key)=\(actual) instead of \(value)"
    }
  }

  /// Whether records of one deal must stay in one partition.
  private func isKeyed(_ name: String) -> Bool {
    ["deals.changes", "deals.state", "deals.risk", "deals.outcomes"].contains(name)
  }
}
