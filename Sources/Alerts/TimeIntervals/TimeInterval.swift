import Deals

/// A set of recurring times, as Alertmanager's users know it: each list that is given must contain the moment.
public struct RecurringTime: Hashable, Sendable {
  /// Minutes of the day on the wall clock, the end left out; empty for any.
  public var times: [Range<Int>] = []
  /// 1 for Monday to 7 for Sunday; empty for any.
  public var weekdays: Set<Int> = []
  /// Days of the month, negative ones counted from its end; empty for any.
  public var daysOfMonth: [ClosedRange<Int>] = []
  /// 1 to 12; empty for any.
  public var months: Set<Int> = []
  /// Years; empty for any.
  public var years: [ClosedRange<Int>] = []
  /// Only these dates, nil for any.
  public var holidays: Set<Day>?
  /// Never these dates.
  public var exceptHolidays: Set<Day> = []
  /// Whose wall clock.
  public var zone: Zone = .utc

  /// Always.
  public init() {}

  /// Whether a moment belongs to it.
  public func contains(_ instant: Timestamp) -> Bool {
    let local = zone.local(instant)
    let (year, month, dayOfMonth) = local.day.civil
    guard times.isEmpty || times.contains(where: { $0.contains(local.minute) }) else { return false }
    guard weekdays.isEmpty || weekdays.contains(local.day.weekday) else { return false }
    guard months.isEmpty || months.contains(month) else { return false }
    guard years.isEmpty || years.contains(where: { $0.contains(year) }) else { return false }
    if let holidays, !holidays.contains(local.day) { return false }
    guard !exceptHolidays.contains(local.day) else { return false }
    guard !daysOfMonth.isEmpty else { return true }
    let length = Self.length(year: year, month: month)
    return daysOfMonth.contains { range in
      let first = range.lowerBound < 0 ? length + 1 + range.lowerBound : range.lowerBound
      let last = range.upperBound < 0 ? length + 1 + range.upperBound : range.upperBound
      return first <= dayOfMonth && dayOfMonth <= last
    }
  }

  private static func length(year: Int, month: Int) -> Int {
    let last = [31, 30, 29].first { Day(year: year, month: month, day: $0) != nil }
    return last ?? 28
  }
}

/// A named set of times, by which routes are muted or active.
public struct TimeInterval: Hashable, Sendable {
  /// The name.
  public var name: String
  /// A moment belongs to it where it belongs to any of these.
  public var parts: [RecurringTime]

  /// An interval.
  public init(name: String, parts: [RecurringTime]) {
    self.name = name
    self.parts = parts
  }

  /// Whether a moment belongs to it.
  public func contains(_ instant: Timestamp) -> Bool { parts.contains { $0.contains(instant) } }
}
