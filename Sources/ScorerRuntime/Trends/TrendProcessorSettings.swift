import Foundation
import Trends

/// How the trend processor runs.
public struct TrendProcessorSettings: Sendable {
  /// The consumer group of all instances, whole.
  public var groupID = "deal-trends"
  /// What is watched.
  public var engine = TrendSettings()
  /// Hours of business without any record after which it says so; 0 for never.
  public var silenceHours = 4
  /// The zone in which days, weeks and months end.
  public var timeZone = TimeZone.gmt

  /// The transactional id of whichever instance is active, the same for all of them: who becomes active takes it into use,
  /// which ends at once what the one before has open. The ledger has one partition, so no two are to be active.
  var transactionalID: String { "\(groupID)-active" }

  /// The defaults.
  public init() {}
}
