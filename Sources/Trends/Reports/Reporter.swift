import Deals
import Foundation
import Statistics

/// Makes reports when event time passes the end of a day, a week or a month.
///
/// An outcome whose period has been reported when it comes is late: the next report of the kind counts it and says so.
public struct Reporter: Sendable {
  private let calendar: ReportCalendar
  private var last: Timestamp?
  /// Outcomes that came for a period that had been reported, by kind of period.
  private var late = (day: 0, week: 0, month: 0)

  /// A reporter of a time zone.
  public init(timeZone: TimeZone) { calendar = ReportCalendar(timeZone: timeZone) }

  /// Takes in an entry before the engine counts it, and reports the periods that end with it.
  public mutating func reports(before entry: LedgerEntry, _ engine: TrendEngine) -> [Report] {
    let now = entry.occurredAt
    defer { note(entry) }
    guard let last else {
      self.last = now
      return []
    }
    guard now > last else { return [] }
    self.last = now
    var reports: [Report] = []
    if calendar.day(of: last) != calendar.day(of: now) {
      reports.append(daily(calendar.day(of: last), engine))
      late.day = 0
    }
    if calendar.week(of: last) != calendar.week(of: now) {
      reports.append(drivers(calendar.week(of: last), engine))
      reports += modelHealth(calendar.week(of: last), engine)
      late.week = 0
    }
    if calendar.month(of: last) != calendar.month(of: now) {
      reports += scorecards(calendar.month(of: last), engine)
      late.month = 0
    }
    return reports
  }

  private mutating func note(_ entry: LedgerEntry) {
    guard let last, let closedAt = (entry.added ?? entry.retracted)?.closedAt else { return }
    if closedAt < calendar.day(of: last).from { late.day += 1 }
    if closedAt < calendar.week(of: last).from { late.week += 1 }
    if closedAt < calendar.month(of: last).from { late.month += 1 }
  }

  private func deals(_ engine: TrendEngine, _ period: ReportCalendar.Period) -> [ClosedDeal] {
    engine.outcomes.deals.values.filter { $0.closedAt >= period.from && $0.closedAt < period.to }
  }

  private static func lateness(_ count: Int) -> [String] {
    count == 0 ? [] : ["\(count) outcomes came after the report of their own period; they are counted now"]
  }

  // MARK: Daily

  private func daily(_ period: ReportCalendar.Period, _ engine: TrendEngine) -> Report {
    let own = deals(engine, period)
    let tally = Tally(own)
    let won = own.filter { $0.outcome == .won }.reduce(Money.zero) { $0 + ($1.amount ?? .zero) }
    let lost = own.filter { $0.outcome == .lost }.reduce(Money.zero) { $0 + ($1.amount ?? .zero) }
    let risky = engine.pipeline.deals.values.filter { $0.tier >= .high }
    let atRisk = risky.reduce(Money.zero) { $0 + ($1.amount ?? .zero) }
    var lines = ["\(tally.won) won (\(Self.dollars(won))), \(tally.lost) lost (\(Self.dollars(lost)))"]
    lines.append(
      "\(engine.pipeline.deals.count) deals open, \(risky.count) of them High or Critical (\(Self.dollars(atRisk)))")
    lines += Self.lateness(late.day)
    return Report(
      kind: .daily, period: period.name, from: period.from, to: period.to, title: "\(period.name) in figures",
      lines: lines,
      figures: [
        .init("won", Double(tally.won)), .init("lost", Double(tally.lost)), .init("win_rate", tally.winRate),
        .init("won_amount", won.units), .init("lost_amount", lost.units),
        .init("open_deals", Double(engine.pipeline.deals.count)), .init("risky_deals", Double(risky.count)),
        .init("risky_amount", atRisk.units),
      ], lateOutcomes: late.day, ledgerOffset: engine.offset)
  }

  // MARK: Weekly

  private func drivers(_ period: ReportCalendar.Period, _ engine: TrendEngine) -> Report {
    let year = engine.outcomes.deals.values.filter {
      $0.closedAt < period.to && $0.closedAt >= period.to.adding(days: -365)
    }
    let quarter = year.filter { $0.closedAt >= period.to.adding(days: -91) }
    let before = year.filter { $0.closedAt < period.to.adding(days: -91) }
    let insights = Insights(Self.ordered(year))
    let (now, then) = (Tally(quarter), Tally(before))
    var lines: [String] = []
    if let rate = now.winRate {
      let past = then.winRate.map { ", \(ShiftText.percent($0)) in the year before it" } ?? ""
      lines.append("win rate of the last 13 weeks \(ShiftText.percent(rate)) of \(now.deals) deals\(past)")
    }
    let strong = insights.drivers.filter { ($0.test?.p ?? 1) < 0.05 }
    for driver in strong.prefix(3) {
      guard let test = driver.test else { continue }
      let name = driver.dimension.name.replacing("_", with: " ")
      lines.append(
        "\(name) matters: p \(String(format: "%.3f", test.p)), strength \(String(format: "%.3f", test.cramersV))")
    }
    if strong.isEmpty, !year.isEmpty {
      lines.append("no single factor tells won deals from lost ones by more than chance")
    }
    if let best = insights.combinations.last, let worst = insights.combinations.first {
      lines.append("best: \(Self.words(best)); worst: \(Self.words(worst))")
    }
    if let mismatch = insights.mismatches.first {
      lines.append("weakest match: \(Self.words(mismatch))")
    }
    lines += Self.lateness(late.week)
    var figures: [Report.Figure] = [
      .init("win_rate_quarter", now.winRate), .init("deals_quarter", Double(now.deals)),
      .init("win_rate_before", then.winRate), .init("deals_before", Double(then.deals)),
    ]
    for driver in insights.drivers {
      figures.append(.init("p_\(driver.dimension.name)", driver.test?.p))
      figures.append(.init("cramers_v_\(driver.dimension.name)", driver.test?.cramersV))
    }
    let ordered = Self.ordered(year)
    let recent = Self.ordered(quarter)
    for dimension in Dimension.allCases {
      for segment in SegmentFigures.segments(recent, dimension) {
        figures += SegmentFigures(segment, ordered, end: period.to).figures
      }
    }
    for stage in Stage.allCases {
      figures.append(
        .init("losses_at_\(stage.name)", Double(recent.count { $0.outcome == .lost && $0.stage == stage })))
    }
    let reasons = Dictionary(grouping: recent.compactMap(\.lossReason)) { $0 }.mapValues(\.count)
    for (reason, count) in reasons.sorted(by: { ($1.value, $0.key.text) < ($0.value, $1.key.text) }) {
      figures.append(.init("lost_for/\(reason.text)", Double(count)))
    }
    return Report(
      kind: .drivers, period: period.name, from: period.from, to: period.to,
      title: "What drives the win rate, \(period.name)",
      lines: lines, figures: figures, lateOutcomes: late.week, ledgerOffset: engine.offset)
  }

  private static func words(_ combination: Combination) -> String {
    let chance = combination.correctedP < 0.05 ? "" : ", within chance"
    return "\(combination.values.map(\.text).joined(separator: ", ")) \(ShiftText.percent(combination.winRate)) "
      + "of \(combination.tally.deals)\(chance)"
  }

  /// Test-then-train: each model's last word before an outcome was known, against that outcome.
  private func modelHealth(_ period: ReportCalendar.Period, _ engine: TrendEngine) -> [Report] {
    let recent = Self.ordered(
      engine.outcomes.deals.values.filter { $0.closedAt < period.to && $0.closedAt >= period.to.adding(days: -182) })
    var forecasts: [Symbol: [Forecast]] = [:]
    for deal in recent {
      for prediction in deal.predictions {
        forecasts[prediction.model, default: []].append(
          Forecast(chance: prediction.winProbability.value, isWon: deal.outcome == .won))
      }
    }
    guard !forecasts.isEmpty else { return [] }
    var (lines, figures): ([String], [Report.Figure]) = ([], [])
    for (model, own) in forecasts.sorted(by: { $0.key.text < $1.key.text }) {
      let (skill, accuracy) = (Discrimination(own), Accuracy(own))
      lines.append(Self.verdict(model, own.count, skill))
      figures += [
        .init("\(model.text)_deals", Double(own.count)), .init("\(model.text)_auc", skill?.auc),
        .init("\(model.text)_auc_low", skill?.interval?.lowerBound),
        .init("\(model.text)_auc_high", skill?.interval?.upperBound), .init("\(model.text)_brier", accuracy?.brier),
      ]
      for (index, bin) in (accuracy?.bins ?? []).enumerated() {
        figures += [
          .init("\(model.text)_calibration_\(index + 1)_chance", bin.chance),
          .init("\(model.text)_calibration_\(index + 1)_win_rate", bin.winRate),
        ]
      }
    }
    return [
      Report(
        kind: .modelHealth, period: period.name, from: period.from, to: period.to,
        title: "What the scores are worth, \(period.name)", lines: lines + Self.lateness(late.week), figures: figures,
        lateOutcomes: late.week, ledgerOffset: engine.offset)
    ]
  }

  private static func verdict(_ model: Symbol, _ deals: Int, _ skill: Discrimination?) -> String {
    guard let skill, let interval = skill.interval else {
      return "\(model.text): nothing can be said of \(deals) outcomes"
    }
    func two(_ value: Double) -> String { String(format: "%.2f", value) }
    let range =
      "AUC \(two(skill.auc)), 95% interval \(two(interval.lowerBound))–\(two(interval.upperBound)), \(deals) outcomes"
    if interval.lowerBound > 0.5 { return "\(model.text) has skill: \(range)" }
    if interval.upperBound < 0.5 { return "\(model.text) is wrong more often than chance: \(range)" }
    return "\(model.text) shows no skill: \(range)"
  }

  // MARK: Monthly

  private func scorecards(_ period: ReportCalendar.Period, _ engine: TrendEngine) -> [Report] {
    let year = Self.ordered(
      engine.outcomes.deals.values.filter { $0.closedAt < period.to && $0.closedAt >= period.to.adding(days: -365) })
    guard let team = Tally(year).winRate else { return [] }
    let velocity = mean(year.compactMap(\.velocity))
    let month = Dictionary(grouping: year.filter { $0.closedAt >= period.from }) { $0.descriptors.rep }
    return RepCard.all(year).sorted { $0.rep.text < $1.rep.text }.map { card in
      let own = Tally(month[card.rep] ?? [])
      var lines = ["\(own.won) won and \(own.lost) lost in \(period.name)"]
      if let rate = card.tally.winRate {
        let chance = card.p < 0.05 ? "" : ", no more than chance"
        lines.append(
          "a year's win rate \(ShiftText.percent(rate)) of \(card.tally.deals), the team \(ShiftText.percent(team))\(chance)"
        )
      }
      if let quadrant = card.quadrant { lines.append(quadrant.rawValue.replacing("_", with: " ")) }
      if let trend = card.trendPoints, abs(trend) >= 1 {
        lines.append("\(trend > 0 ? "up" : "down") \(ShiftText.decimal(abs(trend))) points in the last two quarters")
      }
      if let mine = card.velocity, let velocity {
        lines.append("\(Int(mine)) dollars a day of cycle, the team \(Int(velocity))")
      }
      if let partner = card.pairWith { lines.append("could learn from \(partner.text)") }
      return Report(
        kind: .scorecard, period: period.name, from: period.from, to: period.to, subject: card.rep.text,
        title: "\(card.rep.text) in \(period.name)", lines: lines + Self.lateness(late.month),
        figures: [
          .init("won_month", Double(own.won)), .init("lost_month", Double(own.lost)),
          .init("win_rate_year", card.tally.winRate), .init("deals_year", Double(card.tally.deals)),
          .init("win_rate_team", team), .init("consistency_index", card.consistencyIndex),
          .init("velocity", card.velocity), .init("velocity_team", velocity), .init("trend_points", card.trendPoints),
        ], lateOutcomes: late.month, ledgerOffset: engine.offset)
    }
  }

  /// In the order of time: sums of fractions must not depend on a dictionary's order.
  private static func ordered(_ deals: some Sequence<ClosedDeal>) -> [ClosedDeal] {
    deals.sorted {
      ($0.closedAt, $0.createdAt, $0.descriptors.rep?.text ?? "") < (
        $1.closedAt, $1.createdAt, $1.descriptors.rep?.text ?? ""
      )
    }
  }

  private static func dollars(_ amount: Money) -> String {
    let units = amount.units
    return units >= 999_500 ? String(format: "$%.1fM", units / 1_000_000) : "$\(Int((units / 1_000).rounded()))K"
  }
}
