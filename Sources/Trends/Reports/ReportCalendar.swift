import Deals
import Foundation

/// Days, weeks and months of a time zone, as reports name them.
public struct ReportCalendar: Sendable {
  private let calendar: Calendar

  /// The calendar of a time zone, ISO 8601: weeks begin on Monday.
  public init(timeZone: TimeZone) {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = timeZone
    self.calendar = calendar
  }

  /// What reports are made of.
  public enum Unit: Sendable {
    /// A day, named 2026-03-04.
    case day
    /// A week from Monday on, named 2026-W10.
    case week
    /// A month, named 2026-03.
    case month
  }

  /// A period with its name.
  public struct Period: Hashable, Sendable {
    /// Such as 2026-03-04, 2026-W10 or 2026-03.
    public var name: String
    /// Its first instant.
    public var from: Timestamp
    /// The first instant after it.
    public var to: Timestamp

    /// Whether an instant lies in it.
    public func contains(_ instant: Timestamp) -> Bool { instant >= from && instant < to }
  }

  /// The local day of an instant.
  public func day(of instant: Timestamp) -> Period {
    period(.day, instant) { date in
      let parts = calendar.dateComponents([.year, .month, .day], from: date)
      return String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
    }
  }

  /// The local week of an instant.
  public func week(of instant: Timestamp) -> Period {
    period(.weekOfYear, instant) { date in
      let parts = calendar.dateComponents([.yearForWeekOfYear, .weekOfYear], from: date)
      return String(format: "%04d-W%02d", parts.yearForWeekOfYear ?? 0, parts.weekOfYear ?? 0)
    }
  }

  /// The local month of an instant.
  public func month(of instant: Timestamp) -> Period {
    period(.month, instant) { date in
      let parts = calendar.dateComponents([.year, .month], from: date)
      return String(format: "%04d-%02d", parts.year ?? 0, parts.month ?? 0)
    }
  }

  /// The local day, week or month of an instant.
  public func period(_ unit: Unit, of instant: Timestamp) -> Period {
    switch unit {
    case .day: day(of: instant)
    case .week: week(of: instant)
    case .month: month(of: instant)
    }
  }

  /// The local quarter of an instant.
  public func quarter(of instant: Timestamp) -> Quarter {
    let parts = calendar.dateComponents([.year, .month], from: Self.date(instant))
    return Quarter(year: parts.year ?? 0, month: parts.month ?? 1)
  }

  /// The same time of day so many local days before: a day on which clocks change is one day, whatever its hours.
  public func days(_ count: Int, before instant: Timestamp) -> Timestamp {
    calendar.date(byAdding: .day, value: -count, to: Self.date(instant)).map(Self.timestamp)
      ?? instant.adding(days: -count)
  }

  private func period(_ unit: Calendar.Component, _ instant: Timestamp, _ name: (Date) -> String) -> Period {
    let date = Self.date(instant)
    guard let interval = calendar.dateInterval(of: unit, for: date) else {
      return Period(name: name(date), from: instant, to: instant.adding(days: 1))
    }
    return Period(name: name(interval.start), from: Self.timestamp(interval.start), to: Self.timestamp(interval.end))
  }

  private static func date(_ instant: Timestamp) -> Date {
    Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
  }

  private static func timestamp(_ date: Date) -> Timestamp {
    Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
  }
}
