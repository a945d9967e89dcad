/// What a topic must be like; the files in `topics/` say the same, which a test holds them to.
public struct TopicDeclaration: Hashable, Sendable {
  /// What becomes of old records.
  public enum Policy: Hashable, Sendable {
    /// They stay.
    case keep
    /// They go after so many days.
    case keepDays(Int)
    /// The newest of each key stays.
    case compact
    /// The newest of each key stays for so many days.
    case compactAndDelete(days: Int)

    /// The settings of Kafka that say so.
    public var configuration: [String: String] {
      switch self {
      case .keep: ["cleanup.policy": "delete", "retention.ms": "-1"]
      case .keepDays(let days): ["cleanup.policy": "delete", "retention.ms": Self.milliseconds(days)]
      case .compact: ["cleanup.policy": "compact"]
      case .compactAndDelete(let days):
        ["cleanup.policy": "compact,delete", "retention.ms": Self.milliseconds(days)]
      }
    }

    private static func milliseconds(_ days: Int) -> String { String(days * 86_400_000) }
  }

  /// The name without a prefix.
  public var name: String
  /// How many partitions it has.
  public var partitions: Int
  /// What becomes of old records.
  public var policy: Policy
  /// What its keys are.
  public var key: String

  /// Every topic.
  ///
  /// - Parameter dealPartitions: The partitions of `deals.changes`, and so of its twins.
  public static func all(dealPartitions: Int = 12) -> [TopicDeclaration] {
    [
      TopicDeclaration(name: "deals.changes", partitions: dealPartitions, policy: .keep, key: "deal_id"),
      TopicDeclaration(name: "deals.outcomes", partitions: 1, policy: .keepDays(730), key: "deal_id"),
      TopicDeclaration(name: "deals.state", partitions: dealPartitions, policy: .compact, key: "deal_id"),
      TopicDeclaration(
        name: "deals.risk", partitions: dealPartitions, policy: .compactAndDelete(days: 365), key: "deal_id"),
      TopicDeclaration(name: "deals.trends", partitions: 3, policy: .keepDays(365), key: "segment"),
      TopicDeclaration(name: "deals.reports", partitions: 1, policy: .keepDays(365), key: "report kind"),
      TopicDeclaration(name: "deals.models", partitions: 1, policy: .compact, key: "model id"),
      TopicDeclaration(name: "deals.feedback", partitions: 3, policy: .keep, key: "deal_id"),
      TopicDeclaration(name: "deals.dead-letter", partitions: 3, policy: .keepDays(30), key: "as read"),
      TopicDeclaration(name: "alerts.log", partitions: 3, policy: .keepDays(365), key: "alert fingerprint"),
      TopicDeclaration(name: "alerts.state", partitions: 3, policy: .compact, key: "alert fingerprint"),
    ]
  }
}
