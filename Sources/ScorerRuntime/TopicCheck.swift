import Kafka
import Topics

/// Holds the topics that a scorer needs against the cluster.
struct TopicCheck {
  private let topics: TopicNames

  init(_ topics: TopicNames) { self.topics = topics }

  /// - Throws: `ScorerError.topic`, which names the command which mends it.
  func verify(_ cluster: ClusterDescription, withTrends: Bool) throws(ScorerError) {
    for name in [topics.changes, topics.outcomes, topics.state, topics.risk, topics.deadLetter]
    where cluster.topics[name] == nil {
      throw .topic("the topic \(name) does not exist: create the topics with `\(apply)`")
    }
    let partitions = cluster.topics[topics.changes]?.partitions ?? 0
    for name in [topics.state, topics.risk] {
      let found = cluster.topics[name]?.partitions ?? 0
      guard found == partitions else {
        throw .topic(
          "\(name) has \(found) partitions, \(topics.changes) has \(partitions); they must be equal. Partitions can't be added "
            + "later: deals would move to other ones, away from their state. Make new topics with another prefix "
            + "(`dealpulse topics apply --topic-prefix ... --deal-partitions \(partitions)`) and send the changes there; or, "
            + "where nothing was scored yet, delete \(name) and run `\(apply) --deal-partitions \(partitions)`")
      }
    }
    let outcomes = cluster.topics[topics.outcomes]?.partitions ?? 0
    guard outcomes == 1 else {
      throw .topic(
        "\(topics.outcomes) has \(outcomes) partitions and must have one, for one total order: delete it and run "
          + "`\(apply)`, then start over with an empty deals.state")
    }
    if withTrends { try verifyTrends(cluster) }
  }

  private func verifyTrends(_ cluster: ClusterDescription) throws(ScorerError) {
    for name in [topics.trends, topics.reports] where cluster.topics[name] == nil {
      throw .topic(
        "the topic \(name) does not exist: create the topics with `\(apply)`, or set trends.enabled to false")
    }
  }

  private var apply: String {
    topics.prefix.isEmpty ? "dealpulse topics apply" : "dealpulse topics apply --topic-prefix \(topics.prefix)"
  }
}
