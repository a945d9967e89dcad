import Deals
import Foundation

/// Notices that nothing comes any more: a connector that stands still looks like a calm day otherwise.
///
/// Only hours of business count, Monday to Friday from 9 to 17 in the reports' zone; holidays it does not know.
public struct SilenceWatch: Sendable {
  private let calendar: Calendar
  private let allowedHours: Int
  private var last: Timestamp?
  private var openedAt: Timestamp?
  private var looked: Timestamp?

  /// A watch that speaks after so many hours of business.
  ///
  /// - Parameter told: What the watch before this one told last: a silence that it left open goes on.
  public init(allowedHours: Int, timeZone: TimeZone, last told: TrendShift? = nil) {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = timeZone
    self.calendar = calendar
    self.allowedHours = allowedHours
    if let told, told.kind == .dataUnavailable, told.phase == .opened {
      (last, openedAt) = (told.beganAt, told.openedAt)
    }
  }

  /// Takes in that a change came, by the clock. Returns the end of a silence.
  public mutating func heard(at now: Timestamp, ledgerOffset: Int64) -> TrendShift? {
    defer { last = now }
    guard let openedAt, let last else { return nil }
    self.openedAt = nil
    return news(.resolved, openedAt, last, now, ledgerOffset)
  }

  /// Looks at the clock, at most once a minute. Returns news of a silence that has become too long, once.
  public mutating func look(at now: Timestamp, ledgerOffset: Int64) -> TrendShift? {
    // A start after a long stop is no silence: what is measured begins with the first look.
    guard let last else {
      self.last = now
      return nil
    }
    if let looked, now.milliseconds - looked.milliseconds < 60_000 { return nil }
    looked = now
    guard openedAt == nil, businessHours(from: last, to: now) >= allowedHours else { return nil }
    openedAt = now
    return news(.opened, now, last, now, ledgerOffset)
  }

  private func businessHours(from start: Timestamp, to end: Timestamp) -> Int {
    var hours = 0
    var instant = start.adding(milliseconds: 3_600_000)
    // More than two weeks are more than any allowance.
    while instant <= end, hours < 24 * 14 {
      let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
      let parts = calendar.dateComponents([.weekday, .hour], from: date)
      if (2...6).contains(parts.weekday ?? 0), (10...17).contains(parts.hour ?? 0) { hours += 1 }
      instant = instant.adding(milliseconds: 3_600_000)
    }
    return hours
  }

  private func news(
    _ phase: TrendShift.Phase, _ openedAt: Timestamp, _ last: Timestamp, _ now: Timestamp, _ offset: Int64
  ) -> TrendShift {
    let hours = Double(now.milliseconds - last.milliseconds) / 3_600_000
    return TrendShift(
      kind: .dataUnavailable, phase: phase, detector: .plain, segment: "team",
      title: phase == .opened
        ? "Data unavailable: nothing has come since \(last.rfc3339)"
        : "Data comes again, after nothing since \(last.rfc3339)",
      before: Double(allowedHours), after: (hours * 10).rounded() / 10, dealsBefore: 0, dealsAfter: 0, beganAt: last,
      openedAt: openedAt, occurredAt: now,
      action: phase == .opened ? "Check the CRM connector and deals.changes; scores and trends stand still." : nil,
      ledgerOffset: offset, mode: .live)
  }
}
