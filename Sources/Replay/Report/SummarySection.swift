import Charts
import Deals
import Statistics
import Trends

/// The top of a page: the chief figures, the models' verdicts, and what stands out.
enum SummarySection {
  /// Below this chance of error, corrected for the number of looks, a difference stands out.
  private static let significant = 0.05
  /// Days between the last creation and the last close from which the end of a history misleads.
  private static let runOutDays = 30

  static func figures(_ closed: ClosedHistory) -> [(name: String, value: String)] {
    let insights = closed.insights
    return [
      ("Closed deals", Figures.count(closed.deals.count)), ("Win rate", Figures.percent(closed.winRate)),
      ("Won", Figures.amount(closed.amount(.won), closed.currency)),
      ("Lost", Figures.amount(closed.amount(.lost), closed.currency)),
      ("Mean amount", insights.meanAmount.map { Figures.amount($0, closed.currency) } ?? "unknown"),
      ("Mean cycle", insights.meanCycleDays.map { "\(Figures.share($0, 1)) days" } ?? "unknown"),
      ("Open deals", Figures.count(closed.openDeals)), ("Open", Figures.amount(closed.openAmount, closed.currency)),
    ]
  }

  static func section(_ closed: ClosedHistory, _ backtest: Backtest) -> ReportPage.Section {
    .init(
      "Summary",
      "Rates stand with the interval that holds the true rate in 95 of 100 cases (Wilson). A difference stands out where "
        + "its p, corrected for the number of looks (Holm), is below \(Figures.share(significant)).",
      points: backtest.models.map(verdict)
        + [
          rate(closed), drivers(closed), combinations(closed), reps(closed), quarters(closed), velocity(closed),
          shifts(closed), runOut(closed),
        ].compactMap(\.self) + backtest.remarks.map { "\($0)." })
  }

  private static func verdict(_ model: ModelBacktest) -> String {
    "The model \(model.title): \(model.verdict.sentence), measured with what was known when each score was made."
  }

  private static func rate(_ closed: ClosedHistory) -> String {
    let unknown = closed.deals.count { $0.amount == nil }
    let gap = unknown > 0 ? " \(Figures.count(unknown)) closed deals have no amount." : ""
    return "Win rate \(closed.insights.tally.text): \(Figures.deals(closed.insights.tally.won)) won for "
      + "\(Figures.amount(closed.amount(.won), closed.currency)), \(Figures.count(closed.insights.tally.lost)) lost for "
      + "\(Figures.amount(closed.amount(.lost), closed.currency)).\(gap)"
  }

  private static func drivers(_ closed: ClosedHistory) -> String? {
    if let gap = closed.outcomeGap { return gap }
    let tested = closed.insights.drivers.compactMap { driver in driver.test.map { (driver.dimension, $0) } }
    guard let (strongest, test) = tested.first else { return nil }
    let corrected = Multiplicity.holm(tested.map(\.1.p))
    let found = zip(tested, corrected).filter { $0.1 < significant }.map { driver, p in
      "\(driver.0.spoken) (V \(Figures.share(driver.1.cramersV, 3)), \(Figures.p(p)))"
    }
    if !found.isEmpty { return "What tells won deals from lost ones: \(found.joined(separator: ", "))." }
    return "No property tells won deals from lost ones. The strongest of \(tested.count), \(strongest.spoken), has "
      + "V \(Figures.share(test.cramersV, 3)) and \(Figures.p(test.p)); corrected, \(Figures.p(corrected[0]))."
  }

  private static func combinations(_ closed: ClosedHistory) -> String? {
    let all = closed.insights.combinations
    guard closed.outcomeGap == nil, all.count > 1, let best = all.last, let worst = all.first else { return nil }
    let found = all.filter { $0.correctedP < significant }
    if let best = found.last, let worst = found.first {
      return
        "\(found.count) of \(all.count) combinations of industry, lead source and cycle length depart from the win "
        + "rate of all by more than chance explains, from \(DriverSections.name(worst)), \(worst.tally.text), to "
        + "\(DriverSections.name(best)), \(best.tally.text)."
    }
    return
      "None of \(all.count) combinations of industry, lead source and cycle length departs from the win rate of all "
      + "by more than chance explains. The best is \(DriverSections.name(best)) with \(best.tally.text), the worst "
      + "\(DriverSections.name(worst)) with \(worst.tally.text)."
  }

  private static func reps(_ closed: ClosedHistory) -> String? {
    let cards = RepSections.ranked(closed)
    guard closed.outcomeGap == nil, cards.count > 1, let best = cards.first, let worst = cards.last else { return nil }
    let corrected = Multiplicity.holm(cards.map(\.p))
    let found = zip(cards, corrected).filter { $0.1 < significant }.map { card, p in
      "\(card.rep.text) (\(card.tally.text), \(Figures.p(p)))"
    }
    if !found.isEmpty { return "Reps who depart from the team's rate: \(found.joined(separator: ", "))." }
    return "None of \(cards.count) reps departs from the team's rate by more than chance explains, from "
      + "\(worst.rep.text) with \(worst.tally.text) to \(best.rep.text) with \(best.tally.text)."
  }

  private static func quarters(_ closed: ClosedHistory) -> String? {
    if let gap = closed.timeGap { return gap }
    guard let test = ContingencyTest(closed.insights.quarters.map { ($0.tally.won, $0.tally.lost) }) else { return nil }
    let extent = test.p < significant ? "more" : "no more"
    return "Win rates differ between quarters by \(extent) than chance explains (\(Figures.p(test.p)))."
  }

  private static func velocity(_ closed: ClosedHistory) -> String? {
    let velocities = closed.insights.velocityByOutcome
    guard let won = velocities[.won], let lost = velocities[.lost] else { return nil }
    return "Won deals brought \(Figures.amount(won, closed.currency)) for each day of their cycle, lost ones stood for "
      + "\(Figures.amount(lost, closed.currency)) a day."
  }

  private static func shifts(_ closed: ClosedHistory) -> String {
    let opened = closed.shifts.filter { $0.phase == .opened }
    let rates = opened.count { $0.kind == .winRate }
    let ended = Set(closed.shifts.filter { $0.phase == .resolved }.map(\.shiftID))
    let open = opened.count { !ended.contains($0.shiftID) }
    return
      "A live scorer would have told \(Figures.count(opened.count)) shifts over \(closed.watchedSegments) segments, "
      + "\(rates) of them of a win rate; \(open) were open at the end."
  }

  /// A history whose new deals run out before its closes do ends with old deals only.
  private static func runOut(_ closed: ClosedHistory) -> String? {
    guard let created = closed.lastCreatedOn, let last = closed.days?.upperBound, last - created > runOutDays else {
      return nil
    }
    return
      "The last deal was created on \(created), the last one closed on \(last). What closes in between is ever older: "
      + "longer cycles and lower velocity there come from where the history was cut, and so do shifts that tell of them."
  }
}
