import Deals

/// What the trend engine watches, and when it speaks.
public struct TrendSettings: Hashable, Sendable {
  /// The dimensions and pairs whose segments are watched.
  public var segments = SegmentDimensions.standard
  /// How shifts of a win rate are found.
  public var detector = TrendShift.Detector.sequential
  /// A shift smaller than so many points is not told.
  public var minimumPoints = 5.0
  /// Deals since the change (of the plain rule: in four weeks) that a shift needs.
  public var minimumDeals = 20
  /// Deals before the change that a shift needs.
  public var minimumBaselineDeals = 50
  /// False alarms that may be expected in a year, over all segments together, for each kind of shift.
  public var falseAlarmsPerYear = 1.0
  /// Weeks after which a lasting change counts as the new normal and its shift as over.
  public var settledWeeks = 26
  /// Dollars for each day of the cycle below which velocity is too low.
  public var velocityFloor = 500.0
  /// Weeks for which it must be so.
  public var velocityWeeks = 4
  /// Deals of the audit sample that is drawn each month.
  public var auditSample = 5

  /// The defaults.
  public init() {}
}
