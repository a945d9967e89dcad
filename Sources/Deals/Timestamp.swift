/// An instant in UTC, in whole milliseconds since 1970-01-01T00:00:00Z.
///
/// A fixed-point type, so that arithmetic on it is exact and two machines agree on every bit.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Milliseconds since the Unix epoch; negative before 1970.
  public var milliseconds: Int64

  /// The instant that many milliseconds after the Unix epoch.
  public init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  /// The start (00:00 UTC) of a day.
  public init(_ day: Day) {
    self.milliseconds = Int64(day.number) * Self.millisecondsPerDay
  }

  /// Milliseconds in a day of UTC, which has no leap seconds here.
  public static let millisecondsPerDay: Int64 = 86_400_000

  /// The UTC day in which the instant lies.
  public var day: Day {
    let (quotient, remainder) = milliseconds.quotientAndRemainder(dividingBy: Self.millisecondsPerDay)
    return Day(number: Int32(clamping: remainder < 0 ? quotient - 1 : quotient))
  }

  /// The instant that many milliseconds later, held at the ends of the range instead of overflowing.
  public func adding(milliseconds delta: Int64) -> Timestamp {
    let (sum, overflow) = milliseconds.addingReportingOverflow(delta)
    if overflow { return Timestamp(milliseconds: delta > 0 ? .max : .min) }
    return Timestamp(milliseconds: sum)
  }

  /// The instant that many whole days of 24 hours later.
  public func adding(days: Int) -> Timestamp {
    adding(milliseconds: Int64(days) * Self.millisecondsPerDay)
  }

  /// Whole days of 24 hours from an earlier instant to this one, rounded down; negative where `earlier` is later.
  public func days(since earlier: Timestamp) -> Int {
    let (difference, overflow) = milliseconds.subtractingReportingOverflow(earlier.milliseconds)
    if overflow { return milliseconds > earlier.milliseconds ? .max : .min }
    let (quotient, remainder) = difference.quotientAndRemainder(dividingBy: Self.millisecondsPerDay)
    return Int(remainder < 0 ? quotient - 1 : quotient)
  }

  /// Instants order by time.
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.milliseconds < right.milliseconds }
}
