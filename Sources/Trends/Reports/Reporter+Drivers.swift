import Deals
import Foundation
import Statistics

extension Reporter {
  /// Values of a factor that a report names, those with the most deals first: more would not fit into a record.
  static let namedLevels = 150
  /// Combinations at each end, and mismatches, that a report names.
  private static let (namedCombinations, namedMismatches) = (3, 5)

  /// The week's drivers: what tells won deals from lost ones in the year that ends with it, and this week and quarter
  /// against those before.
  func drivers(_ period: ReportCalendar.Period, _ engine: TrendEngine, _ late: LateOutcomes) -> Report {
    let year = year(engine, to: period.to)
    let windows = SegmentFigures.Windows(end: period.to, calendar)
    let quarter = year.filter { $0.closedAt >= windows.quarter }
    let (now, then) = (Tally(quarter), Tally(year.filter { $0.closedAt < windows.quarter }))
    let before = calendar.week(of: calendar.days(1, before: period.from))
    let week = Tally(year.filter { period.contains($0.closedAt) })
    let lastWeek = Tally(year.filter { before.contains($0.closedAt) })
    let insights = Insights(year)
    let corrected = Self.corrected(insights.drivers)
    let amended = late.amended { standing(engine, $0) }
    let combinations = Self.combinations(insights)

    var lines: [String] = []
    if let rate = now.winRate {
      let past = then.winRate.map { ", \(ShiftText.percent($0)) in the 39 weeks before" } ?? ""
      lines.append("win rate of the last 13 weeks \(ShiftText.percent(rate)) of \(now.deals) deals\(past)")
    }
    lines += Self.weekLine(week, lastWeek) + Self.factorLines(insights, corrected)
    lines += Self.combinationLines(insights) + amended.lines

    var figures: [Report.Figure] = [
      .init("win_rate_quarter", now.winRate), .init("deals_quarter", Double(now.deals)),
      .init("win_rate_before", then.winRate), .init("deals_before", Double(then.deals)),
    ]
    figures += Self.change("win_rate_quarter", now, then)
    figures += Self.rate("week", week) + Self.rate("last_week", lastWeek) + Self.change("win_rate_week", week, lastWeek)
    for driver in insights.drivers { figures += Self.factor(driver, corrected[driver.dimension]) }
    figures += combinations.figures
    figures += SegmentFigures.all(engine.settings.segments, year, windows) + SegmentFigures.losses(quarter)
    figures += amended.figures
    return Report(
      kind: .drivers, period: period.name, from: period.from, to: period.to,
      title: "What drives the win rate, \(period.name)", lines: lines, figures: figures,
      labels: combinations.labels + amended.labels, lateOutcomes: late.count, ledgerOffset: engine.offset)
  }

  // MARK: Figures

  /// The factors' p values, corrected for looking at all of them (Holm).
  private static func corrected(_ drivers: [Driver]) -> [Deals.Dimension: Double] {
    let tested = drivers.compactMap { driver in driver.test.map { (driver.dimension, $0.p) } }
    return Dictionary(uniqueKeysWithValues: zip(tested.map(\.0), Multiplicity.holm(tested.map(\.1))))
  }

  private static func factor(_ driver: Driver, _ corrected: Double?) -> [Report.Figure] {
    let name = driver.dimension.name
    let levels = driver.levels.sorted { ($1.tally.deals, $0.value.text) < ($0.tally.deals, $1.value.text) }
      .prefix(namedLevels)
    return [
      .init("chi_square_\(name)", driver.test?.chiSquare), .init("p_\(name)", driver.test?.p),
      .init("p_corrected_\(name)", corrected), .init("cramers_v_\(name)", driver.test?.cramersV),
      .init("levels_\(name)", Double(driver.levels.count)),
    ] + levels.flatMap { rate("\(Segment(Segment.Part(driver.dimension, $0.value)).name)/year", $0.tally) }
  }

  private static func change(_ name: String, _ now: Tally, _ then: Tally) -> [Report.Figure] {
    let change = now.change(from: then)
    return [
      .init("\(name)_change", change?.difference), .init("\(name)_change_low", change?.interval.lowerBound),
      .init("\(name)_change_high", change?.interval.upperBound),
    ]
  }

  private static func combinations(_ insights: Insights) -> (figures: [Report.Figure], labels: [Report.Label]) {
    let best = insights.combinations.suffix(namedCombinations).reversed()
    var figures: [Report.Figure] = [
      .init("combinations", Double(insights.combinations.count)),
      .init("mismatches", Double(insights.mismatches.count)),
    ]
    var labels: [Report.Label] = []
    func add(_ name: String, _ combinations: some Sequence<Combination>, _ dimensions: [Deals.Dimension]) {
      for (index, each) in combinations.enumerated() {
        let name = "\(name)_\(index + 1)"
        let parts = zip(dimensions, each.values).map { "\($0.name)=\($1.text)" }
        labels.append(.init(name, parts.joined(separator: " and ")))
        figures += rate(name, each.tally)
        figures += [.init("\(name)_p", each.p), .init("\(name)_p_corrected", each.correctedP)]
      }
    }
    add("best", best, Combination.dimensions)
    add("worst", insights.combinations.prefix(namedCombinations), Combination.dimensions)
    add("mismatch", insights.mismatches.prefix(namedMismatches), [.rep, .industry])
    return (figures, labels)
  }

  // MARK: Lines

  private static func weekLine(_ week: Tally, _ last: Tally) -> [String] {
    guard let rate = week.winRate else { return ["no deal closed in the week"] }
    let own = "\(week.won) of \(week.deals) won in the week (\(ShiftText.percent(rate)))"
    guard let then = last.winRate, let change = week.change(from: last) else { return [own] }
    func points(_ share: Double) -> String { String(format: "%+.1f", share * 100) }
    let interval = "95% interval \(points(change.interval.lowerBound)) to \(points(change.interval.upperBound))"
    return ["\(own), \(ShiftText.percent(then)) the week before: \(points(change.difference)) points, \(interval)"]
  }

  private static func factorLines(_ insights: Insights, _ corrected: [Deals.Dimension: Double]) -> [String] {
    guard insights.tally.deals > 0 else { return [] }
    let strong = insights.drivers.filter { (corrected[$0.dimension] ?? 1) < 0.05 }
    guard !strong.isEmpty else { return ["no single factor tells won deals from lost ones by more than chance"] }
    return strong.prefix(3).compactMap { driver in
      guard let test = driver.test else { return nil }
      let name = driver.dimension.name.replacing("_", with: " ")
      let p = corrected[driver.dimension] ?? test.p
      let shown = p < 0.001 ? "below 0.001" : String(format: "%.3f", p)
      return "\(name) matters: p \(shown) after correction, strength \(String(format: "%.3f", test.cramersV))"
    }
  }

  private static func combinationLines(_ insights: Insights) -> [String] {
    var lines: [String] = []
    if let best = insights.combinations.last, let worst = insights.combinations.first {
      lines.append("best: \(words(best)); worst: \(words(worst))")
    }
    if let mismatch = insights.mismatches.first { lines.append("weakest match: \(words(mismatch))") }
    return lines
  }

  private static func words(_ combination: Combination) -> String {
    let chance = combination.correctedP < 0.05 ? "" : ", within chance"
    let interval = combination.tally.interval.map {
      " (\(ShiftText.percent($0.lowerBound)) to \(ShiftText.percent($0.upperBound)))"
    }
    return "\(combination.values.map(\.text).joined(separator: ", ")) \(ShiftText.percent(combination.winRate)) "
      + "of \(combination.tally.deals)\(interval ?? "")\(chance)"
  }
}
