import Deals

/// The day, week or month that event time is in, and what came late for those before it.
struct RunningPeriod: Sendable {
  /// Days of silence whose periods are reported one by one, with nothing in them. After a longer silence the rest is left
  /// out: a file with a gap of ten years must not make thousands of empty reports.
  static let silentDays = 31

  /// The period.
  private(set) var period: ReportCalendar.Period
  /// Outcomes that came for periods that had been reported.
  private(set) var late = LateOutcomes()
  private let unit: ReportCalendar.Unit
  /// The beginning of the first period: what closed before it has never been reported, so it can't be late.
  private let first: Timestamp

  /// The period of the first instant.
  init(_ unit: ReportCalendar.Unit, of instant: Timestamp, _ calendar: ReportCalendar) {
    self.unit = unit
    period = calendar.period(unit, of: instant)
    first = period.from
  }

  /// Moves on to the period of an instant: the periods that end with it, oldest first.
  mutating func move(to instant: Timestamp, _ calendar: ReportCalendar) -> [ReportCalendar.Period] {
    guard instant >= period.to else { return [] }
    var ended = [period]
    let limit = period.to.adding(days: Self.silentDays)
    period = calendar.period(unit, of: period.to)
    while instant >= period.to, period.from < limit {
      ended.append(period)
      period = calendar.period(unit, of: period.to)
    }
    if instant >= period.to { period = calendar.period(unit, of: instant) }
    return ended
  }

  /// Notes an entry of the ledger where it changes a period that has been reported.
  mutating func note(_ entry: LedgerEntry, _ calendar: ReportCalendar) {
    func reported(_ deal: ClosedDeal?) -> (ReportCalendar.Period, ClosedDeal)? {
      guard let deal, deal.closedAt >= first, deal.closedAt < period.from else { return nil }
      return (calendar.period(unit, of: deal.closedAt), deal)
    }
    late.note(retracted: reported(entry.retracted), added: reported(entry.added))
  }

  /// What came late has been told.
  mutating func forgetLate() { late = LateOutcomes() }
}
