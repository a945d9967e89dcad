import Deals
import Foundation

/// Makes reports when event time passes the end of a day, a week or a month.
///
/// A period without outcomes has its report too, up to a month of them. An outcome whose period has been reported when it
/// comes is late: the next report of the kind counts it, says so, and says what the amended period holds now.
public struct Reporter: Sendable {
  let calendar: ReportCalendar
  private var running: Running?

  /// The periods that event time is in.
  private struct Running {
    var day: RunningPeriod
    var week: RunningPeriod
    var month: RunningPeriod
  }

  /// A reporter of a time zone.
  public init(timeZone: TimeZone) { calendar = ReportCalendar(timeZone: timeZone) }

  /// Takes in an entry before the engine counts it, and reports the periods that end with it, in the order of their ends.
  /// An entry whose change the engine has counted before changes nothing.
  ///
  /// - Parameter scores: Hands out what deals.risk said before an instant: the engine takes it in day by day, as a day's
  ///   report must not count the deals that were created after it.
  public mutating func reports(
    before entry: LedgerEntry, _ engine: inout TrendEngine, scores: (Timestamp) -> [PipelineNews] = { _ in [] }
  ) -> [Report] {
    guard !engine.hasCounted(entry) else { return [] }
    let now = entry.occurredAt
    guard var running else {
      self.running = Running(
        day: RunningPeriod(.day, of: now, calendar), week: RunningPeriod(.week, of: now, calendar),
        month: RunningPeriod(.month, of: now, calendar))
      return []
    }
    var reports: [Report] = []
    for day in running.day.move(to: now, calendar) {
      engine.observe(scores(day.to))
      reports.append(daily(day, engine, running.day.late))
      running.day.forgetLate()
    }
    for week in running.week.move(to: now, calendar) {
      reports.append(drivers(week, engine, running.week.late))
      reports += modelHealth(week, engine, running.week.late)
      running.week.forgetLate()
    }
    for month in running.month.move(to: now, calendar) {
      reports += scorecards(month, engine, running.month.late)
      running.month.forgetLate()
    }
    running.day.note(entry, calendar)
    running.week.note(entry, calendar)
    running.month.note(entry, calendar)
    self.running = running
    // Kinds of one end stay in the order in which they were made.
    return reports.enumerated().sorted { ($0.element.to, $0.offset) < ($1.element.to, $1.offset) }.map(\.element)
  }

  /// The reports of the week of the last outcome, without late ones: what a history that goes no further has to say of its
  /// segments' last weeks and of its models. None without outcomes.
  public func lastWeek(_ engine: TrendEngine) -> [Report] {
    guard engine.offset > 0 else { return [] }
    let (week, late) = (calendar.week(of: Timestamp(engine.today)), LateOutcomes())
    return [drivers(week, engine, late)] + modelHealth(week, engine, late)
  }

  /// What closed from one instant to another, in the order of time: sums of fractions must not depend on a dictionary's
  /// order.
  func closed(_ engine: TrendEngine, from: Timestamp, to: Timestamp) -> [ClosedDeal] {
    engine.outcomes.deals.filter { $0.value.closedAt >= from && $0.value.closedAt < to }
      .sorted { ($0.value.closedAt, $0.key) < ($1.value.closedAt, $1.key) }.map(\.value)
  }

  /// What closed in a year that ends with a period.
  func year(_ engine: TrendEngine, to end: Timestamp) -> [ClosedDeal] {
    closed(engine, from: calendar.days(365, before: end), to: end)
  }

  /// The deals of an amended period as they stand; nil where the engine may have forgotten some of them.
  func standing(_ engine: TrendEngine, _ period: ReportCalendar.Period, _ rep: Symbol? = nil) -> Tally? {
    guard period.from.day >= engine.today.adding(-400) else { return nil }
    let deals = closed(engine, from: period.from, to: period.to)
    return Tally(rep.map { rep in deals.filter { $0.descriptors.rep == rep } } ?? deals)
  }

  /// Figures of a rate with its deals and its interval.
  static func rate(_ name: String, _ tally: Tally) -> [Report.Figure] {
    [
      .init("\(name)_deals", Double(tally.deals)), .init("\(name)_win_rate", tally.winRate),
      .init("\(name)_win_rate_low", tally.interval?.lowerBound),
      .init("\(name)_win_rate_high", tally.interval?.upperBound),
    ]
  }
}
