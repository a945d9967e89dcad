import Kafka
import Programs
import Topics

/// Holds the topics that a router needs against the cluster.
struct RouterTopics {
  private let topics: TopicNames

  init(_ topics: TopicNames) { self.topics = topics }

  /// - Throws: `Failure`, which names the command that makes what is missing.
  func verify(_ cluster: ClusterDescription) throws {
    let needed = [
      topics.risk, topics.trends, topics.reports, topics.outcomes, topics.alertsState, topics.alertsLog,
      topics.feedback, topics.deadLetter,
    ]
    let missing = needed.filter { cluster.topics[$0] == nil }
    guard missing.isEmpty else {
      let prefix = topics.prefix.isEmpty ? "" : " --topic-prefix \(topics.prefix)"
      throw Failure(
        text: "there is no \(missing.joined(separator: ", ")): "
          + "create the topics with `dealpulse topics apply\(prefix)`",
        status: 3)
    }
    let reports = cluster.topics[topics.reports]?.partitions ?? 0
    guard reports == 1 else {
      throw Failure(
        text: "\(topics.reports) has \(reports) partitions and must have one, so that one router makes the digests: "
          + "see `dealpulse topics check`", status: 3)
    }
  }
}
