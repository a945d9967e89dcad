/// A calendar day in UTC, counted from 1970-01-01 (day 0).
public struct Day: Hashable, Comparable, Sendable {
  /// Days since 1970-01-01; negative before.
  public var number: Int32

  /// The day with that number.
  public init(number: Int32) { self.number = number }

  /// The day of a proleptic Gregorian date, or nil where there is no such date.
  ///
  /// Source: the days-from-civil algorithm of Howard Hinnant ("chrono-compatible low-level date algorithms").
  public init?(year: Int, month: Int, day: Int) {
    guard (1...12).contains(month), day >= 1, day <= Self.daysInMonth(year: year, month: month) else { return nil }
    guard (-10_000...10_000).contains(year) else { return nil }
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    self.number = Int32(era * 146_097 + dayOfEra - 719_468)
  }

  /// The Gregorian year, month (1–12) and day of the month (1–31).
  public var civil: (year: Int, month: Int, day: Int) {
    let shifted = Int(number) + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// 1 for Monday to 7 for Sunday, as in ISO 8601.
  public var weekday: Int { Int((((number % 7) + 7) % 7 + 3) % 7) + 1 }

  /// The day that many days later (earlier where negative).
  public func adding(_ days: Int) -> Day { Day(number: number &+ Int32(clamping: days)) }

  /// Days order by time.
  public static func < (left: Day, right: Day) -> Bool { left.number < right.number }

  /// Whole days from `right` to `left`.
  public static func - (left: Day, right: Day) -> Int { Int(left.number) - Int(right.number) }

  private static func daysInMonth(year: Int, month: Int) -> Int {
    if month == 2 { return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28 }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  }
}

extension Day: CustomStringConvertible {
  /// ISO 8601, such as 2024-02-10.
  public var description: String {
    let (year, month, day) = civil
    func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(String(repeating: "0", count: max(0, 4 - String(year).count)))\(year)-\(padded(month))-\(padded(day))"
  }
}
