import Deals

extension Reporter {
  /// Each rep's month, beside the team's year; also of a rep who has no deal left in it, where late outcomes say so.
  func scorecards(_ period: ReportCalendar.Period, _ engine: TrendEngine, _ late: LateOutcomes) -> [Report] {
    let year = year(engine, to: period.to)
    let team = Tally(year)
    let velocity = mean(year.compactMap(\.velocity))
    let month = Dictionary(grouping: year.filter { $0.closedAt >= period.from }) { $0.descriptors.rep }
    // Where the month ends a quarter the next one is running, and has no deals yet.
    let cards = RepCard.all(year, running: calendar.quarter(of: period.to)) { calendar.quarter(of: $0) }
    let moves = engine.pipeline.moves
    let amendedAlone = late.reps.subtracting(cards.map(\.rep)).map(RepCard.withoutDeals)
    return (cards + amendedAlone).sorted { $0.rep.text < $1.rep.text }.map { card in
      let own = Tally(month[card.rep] ?? [])
      let late = late.of(card.rep)
      let amended = late.amended { standing(engine, $0, card.rep) }
      var labels: [Report.Label] = []
      if let quadrant = card.quadrant { labels.append(.init("quadrant", quadrant.rawValue)) }
      let audit = RepAudit(moves[card.rep] ?? [:], period, sample: engine.settings.auditSample)
      labels += audit.labels
      if let partner = card.pairWith { labels.append(.init("pair_with", partner.text)) }
      return Report(
        kind: .scorecard, period: period.name, from: period.from, to: period.to, subject: card.rep.text,
        title: "\(card.rep.text) in \(period.name)",
        lines: ["\(own.won) won and \(own.lost) lost in \(period.name)"] + Self.lines(card, team, velocity)
          + audit.lines + amended.lines,
        figures: [
          .init("won_month", Double(own.won)), .init("lost_month", Double(own.lost)),
          .init("win_rate_year", card.tally.winRate), .init("win_rate_year_low", card.tally.interval?.lowerBound),
          .init("win_rate_year_high", card.tally.interval?.upperBound), .init("deals_year", Double(card.tally.deals)),
          .init("win_rate_team", team.winRate), .init("p_team", card.p),
          .init("consistency_index", card.consistencyIndex), .init("velocity", card.velocity),
          .init("velocity_team", velocity), .init("trend_points", card.trendPoints),
        ] + audit.figures + amended.figures, labels: labels + amended.labels, lateOutcomes: late.count,
        ledgerOffset: engine.offset)
    }
  }

  private static func lines(_ card: RepCard, _ team: Tally, _ velocity: Double?) -> [String] {
    var lines: [String] = []
    if let rate = card.tally.winRate, let team = team.winRate {
      let chance = card.p < 0.05 ? "" : ", no more than chance"
      lines.append(
        "a year's win rate \(ShiftText.percent(rate)) of \(card.tally.deals), the team \(ShiftText.percent(team))\(chance)"
      )
    }
    if let quadrant = card.quadrant { lines.append(quadrant.rawValue.replacing("_", with: " ")) }
    if let trend = card.trendPoints, abs(trend) >= 1 {
      lines.append("\(trend > 0 ? "up" : "down") \(ShiftText.decimal(abs(trend))) points in the last two full quarters")
    }
    if let mine = card.velocity, let velocity {
      lines.append("\(Int(mine)) dollars a day of cycle, the team \(Int(velocity))")
    }
    if let partner = card.pairWith { lines.append("could learn from \(partner.text)") }
    return lines
  }
}
