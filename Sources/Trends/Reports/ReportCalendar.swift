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

  /// A period with its name.
  public struct Period: Hashable, Sendable {
    /// Such as 2026-03-04, 2026-W10 or 2026-03.
    public var name: String
    /// Its first instant.
    public var from: Timestamp
    /// The first instant after it.
    public var to: Timestamp
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

  private func period(_ unit: Calendar.Component, _ instant: Timestamp, _ name: (Date) -> String) -> Period {
    let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
    guard let interval = calendar.dateInterval(of: unit, for: date) else {
      return Period(name: name(date), from: instant, to: instant.adding(days: 1))
    }
    func timestamp(_ date: Date) -> Timestamp {
      Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded()))
    }
    return Period(name: name(interval.start), from: timestamp(interval.start), to: timestamp(interval.end))
  }
}
