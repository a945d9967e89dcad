import Deals
import Kafka

/// Whether deals.changes grows, as the ends of its partitions tell: whatever a connector sends moves them, also what is never
/// scored, and nothing does that the scorer writes by itself, such as the scores of deals that grow old.
struct ChangeCount {
  /// How often the broker is asked, in milliseconds.
  private static let interval: Int64 = 60_000

  private let partitions: [TopicPartition]
  private var ends: [TopicPartition: Int64]?
  private var askedAt: Timestamp?

  init(_ partitions: [TopicPartition]) { self.partitions = partitions }

  /// Whether changes have come since it was last asked; nil within a minute, at the first time, and while the broker does not
  /// say.
  mutating func hasGrown(at now: Timestamp, _ consumer: Consumer) -> Bool? {
    if let askedAt, now.milliseconds - askedAt.milliseconds < Self.interval { return nil }
    askedAt = now
    guard let found = try? consumer.ends(of: partitions, timeout: 2_000) else { return nil }
    defer { ends = found }
    return ends.map { $0 != found } ?? false
  }
}
