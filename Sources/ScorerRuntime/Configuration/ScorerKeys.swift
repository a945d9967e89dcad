import Configuration
import Connection
import Deals
import EngineConfiguration
import struct Foundation.TimeZone
import Kafka
import Trends

/// The keys of `scorer.yaml`, each declared once.
public enum ScorerKeys {
  static let fetchWait = ConfigurationKey(
    "kafka.fetch_wait", default: Milliseconds(50), in: Milliseconds(1)...Milliseconds(60_000),
    "How long a broker may wait for data.")
  static let linger = ConfigurationKey(
    "kafka.linger", default: Milliseconds(1), in: Milliseconds(0)...Milliseconds(1_000),
    "How long records are gathered into a batch: more for throughput, less for latency.")
  static let sessionTimeout = ConfigurationKey(
    "kafka.session_timeout", default: Milliseconds(10_000), in: Milliseconds(1_000)...Milliseconds(300_000),
    "After how long a silent instance is out of its group.")
  static let groupID = ConfigurationKey(
    "scorer.group_id", default: "deal-scorer",
    "The consumer group that all instances share; topics.prefix stands before it.")
  static let instanceID = ConfigurationKey(
    "scorer.instance_id", default: "scorer-1", "Stable over restarts, different for each instance that runs.")
  static let assignor = ConfigurationKey(
    "scorer.assignor", default: ConsumerConfiguration.AssignmentStrategy.range,
    "How deals.changes is shared out, the same in every instance; cooperative-sticky needs librdkafka 2.10 or later.")
  static let threads = ConfigurationKey("scorer.threads", default: 1, in: 1...64, "Processing threads.")
  static let maximumRecord = ConfigurationKey(
    "scorer.maximum_record_bytes", default: 1_000_000, in: 1_000...100_000_000, "The largest change that is read.")
  static let guarantee = ConfigurationKey(
    "processing.guarantee", default: ScorerSettings.Guarantee.exactlyOnce,
    "What a crash may cost; the embedded broker allows at_least_once alone.")
  static let commitInterval = ConfigurationKey(
    "processing.commit_interval", default: Milliseconds(100), in: Milliseconds(1)...Milliseconds(5_000),
    "How long a transaction gathers changes.")
  static let liveWithin = ConfigurationKey(
    "live.within", default: Milliseconds(72 * 3_600_000),
    "How far behind the clock a change may be and still belong to the present.")
  static let backfillLedgerWait = ConfigurationKey(
    "backfill.ledger_wait", default: Milliseconds(100), in: Milliseconds(0)...Milliseconds(10_000),
    "How long a step of backfill waits at most for its own outcomes; 0ms for the most throughput, in any order.")
  static let backfillStep = ConfigurationKey(
    "backfill.step", default: Milliseconds(24 * 3_600_000), in: Milliseconds(60_000)...Milliseconds(400 * 86_400_000),
    "How much event time a step of backfill spans: each is scored with the outcomes of the steps before it.")
  static let trendsEnabled = ConfigurationKey(
    "trends.enabled", default: true, "Whether this instance looks for trends, where its group lets it.")
  static let trendsGroup = ConfigurationKey(
    "trends.group_id", default: "deal-trends",
    "The consumer group of the trend processors; topics.prefix stands before it.")
  static let trendSegments = ConfigurationKey(
    "trends.segments", default: SegmentDimensions.standard.map(\.name),
    "Dimensions whose segments are watched, and pairs such as rep*industry."
  ) {
    segmentFault($0)
  }
  /// What is wrong with a list of segments: the first item that is none.
  private static func segmentFault(_ names: [String]) -> String? {
    if names.isEmpty { return "must name at least one" }
    guard let wrong = names.first(where: { SegmentDimensions(name: $0) == nil }) else { return nil }
    return "must be dimensions, or pairs of two with a * (\(wrong) is neither)"
  }
  static let trendDetector = ConfigurationKey(
    "trends.detector", default: TrendShift.Detector.sequential, "How shifts of a win rate are found.")
  static let trendPoints = ConfigurationKey(
    "trends.minimum_points", default: 5.0, in: 0.1...100, "A shift smaller than so many points is not told.")
  static let trendDeals = ConfigurationKey(
    "trends.minimum_deals", default: 20, in: 1...10_000, "Deals since the change that a shift needs.")
  static let falseAlarms = ConfigurationKey(
    "trends.false_alarms_per_year", default: 1.0, in: 0.001...1_000,
    "False alarms that may be expected in a year, over all segments.")
  static let velocityFloor = ConfigurationKey(
    "trends.velocity_floor", default: 500.0, in: 0...1e9,
    "Dollars for each day of the cycle below which velocity is low.")
  static let silenceHours = ConfigurationKey(
    "trends.silence_hours", default: 4, in: 0...1_000,
    "Hours of business (Monday to Friday, 9 to 17) without any change in deals.changes after which data counts as unavailable; 0 for never."
  )
  static let timeZone = ConfigurationKey(
    "reports.time_zone", default: "UTC",
    "The zone in which days, weeks and months of reports end, such as Europe/Paris."
  ) { TimeZone(identifier: $0) == nil ? "must be an IANA time zone" : nil }

  /// The keys of what the trend engine watches.
  private static let trendKeys = [
    trendSegments.declaration, trendDetector.declaration, trendPoints.declaration, trendDeals.declaration,
    falseAlarms.declaration, velocityFloor.declaration,
  ]

  /// Those keys, in a file of which all else is left alone.
  static let trendSchema = ConfigurationSchema(
    keys: trendKeys + [trendsEnabled.declaration, trendsGroup.declaration, silenceHours.declaration],
    parts: EngineKeys.parts.union(EngineKeys.runtimeParts)
      .union(EngineKeys.all.map { String($0.name.prefix { $0 != "." }) }).subtracting(["trends"]))

  /// Everything that `scorer.yaml` may hold. `currency_rates` and `playbook` have a structure of their own. The keys on which scores depend are declared in
  /// `EngineKeys`.
  public static let schema = ConfigurationSchema(
    keys: ConnectionKeys.all + EngineKeys.all + [
      fetchWait.declaration, linger.declaration, sessionTimeout.declaration, groupID.declaration,
      instanceID.declaration, assignor.declaration, threads.declaration, maximumRecord.declaration,
      guarantee.declaration, commitInterval.declaration, liveWithin.declaration, backfillLedgerWait.declaration,
      backfillStep.declaration, trendsEnabled.declaration, trendsGroup.declaration,
    ] + trendKeys + [silenceHours.declaration, timeZone.declaration], parts: EngineKeys.parts)
}

extension ScorerSettings.Guarantee: ConfigurationWord {}
extension ConsumerConfiguration.AssignmentStrategy: ConfigurationWord {}
extension TrendShift.Detector: ConfigurationWord {}
