import Deals
import Kafka
import Scoring
import Topics

/// How a scorer runs.
public struct ScorerSettings: Sendable {
  /// What a crash may cost.
  public enum Guarantee: String, CaseIterable, Hashable, Sendable {
    /// Everything of a step becomes visible at once or not at all.
    case exactlyOnce = "exactly_once"
    /// Nothing is lost; a risk event may come twice with the same `event_id`.
    case atLeastOnce = "at_least_once"
  }

  /// The cluster.
  public var client: ClientConfiguration
  /// The topics.
  public var topics = TopicNames()
  /// The consumer group that all instances share, whole: two tenants on one cluster must not share it.
  public var groupID = "deal-scorer"
  /// This instance's name: stable over restarts, different for each instance that runs.
  public var instanceID = "scorer-1"
  /// How the group shares the partitions of deals.changes out, the same in all instances.
  public var assignor = ConsumerConfiguration.AssignmentStrategy.range
  /// Processing threads.
  public var threads = 1
  /// What a crash may cost.
  public var guarantee = Guarantee.exactlyOnce
  /// Whether the guarantee is kept to on the embedded broker too, which does not isolate transactions: only for tests of what
  /// a scorer does where the requests of a transaction fail.
  package var trustsEmbeddedBroker = false
  /// Milliseconds between commits of a transaction.
  public var commitInterval = 100
  /// What scores depend on.
  public var engine = EngineSettings()
  /// After how many days a deal counts half in decayed rates.
  public var halfLifeDays = 90.0
  /// A change at most so many milliseconds behind the clock belongs to the present: it may alert, and from then on the
  /// wall clock drives its partition's due dates.
  public var liveWithin: Int64 = 72 * 3_600_000
  /// Milliseconds for which a step of backfill waits at most until its own outcomes have come round through the ledger; 0
  /// for not at all. Without it a history that is read fast is scored as if nothing had ever closed.
  public var backfillLedgerWait: Int64 = 100
  /// Milliseconds of event time that a step of backfill spans at most where outcomes lie in it.
  public var backfillStep: Int64 = 24 * 3_600_000
  /// How trends are looked for; nil for not at all.
  public var trends: TrendProcessorSettings? = TrendProcessorSettings()
  /// The group's session timeout in milliseconds.
  public var sessionTimeout = 10_000
  /// Milliseconds that a broker may wait for data.
  public var fetchWaitMax = 50
  /// Milliseconds for which records are gathered into a batch before they are sent.
  public var linger = 1.0
  /// The largest record that is read, in bytes.
  public var maximumRecordBytes = 1_000_000

  /// Settings for a cluster, the rest at its default.
  public init(client: ClientConfiguration) { self.client = client }
}
