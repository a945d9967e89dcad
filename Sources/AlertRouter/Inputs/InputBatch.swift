import AlertDelivery
import Topics

/// What was read, and where reading goes on.
struct InputBatch {
  /// In the order in which it came.
  var statements: [Statement] = []
  /// The next offset of each partition that something was read from.
  var offsets: [InputPartition: Int64] = [:]

  /// Whether anything of it was written by the scorer or the trend processor. `alerts.state` is the routers' own word: it
  /// comes also when the stream is silent, to begin with because that was said.
  func isFromStream(_ topics: TopicNames) -> Bool {
    offsets.keys.contains { [topics.risk, topics.outcomes, topics.trends, topics.reports].contains($0.topic) }
  }
}
