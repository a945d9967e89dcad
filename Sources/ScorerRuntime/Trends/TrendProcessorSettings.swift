import Foundation
import Trends

/// How the trend processor runs.
public struct TrendProcessorSettings: Sendable {
  /// The consumer group of all instances.
  public var groupID = "deal-trends"
  /// What is watched.
  public var engine = TrendSettings()
  /// The zone in which days, weeks and months end.
  public var timeZone = TimeZone.gmt

  /// The defaults.
  public init() {}
}
