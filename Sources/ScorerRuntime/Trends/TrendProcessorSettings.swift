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

  /// The defaults.
  public init() {}
}
