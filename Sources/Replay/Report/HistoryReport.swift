import Charts
import Deals
import EngineConfiguration
import Scoring

/// A history as a page of charts: how deals were won and lost, and what the scores were worth.
public struct HistoryReport: Sendable {
  /// The page.
  public let page: ReportPage

  /// Groups with fewer deals than this are left out of rankings: their rates are noise.
  private static let fewest = 30
  /// A rep's quarter with fewer deals says nothing of consistency.
  private static let fewestInQuarter = 5

  /// A point of several lines with fewer deals than this is left out: its interval would hide all the others.
  private static let fewestInPoint = 10

  /// Draws a history and judges the models on it.
  public init(_ history: DealHistory, _ configurations: [ScoringConfiguration], title: String) {
    let settings = configurations.first?.settings ?? EngineSettings()
    let rows = ClosedDealRows(DealLives(history, settings: settings))
    let backtest = Backtest(history, configurations.map(\.candidate))
    var page = ReportPage(title: title, subtitle: Self.subtitle(rows))
    page.figures = Self.figures(rows, backtest)
    if rows.rows.isEmpty {
      page.sections = [.init("Nothing to show", "No deal of the history is closed, so no rate can be drawn.")]
    } else {
      page.sections = Self.summary(rows, backtest) + Self.overTime(rows) + Self.people(rows) + Self.drivers(rows)
      for model in backtest.models { page.sections += ModelSections.sections(model) }
    }
    self.page = page
  }

  private static func subtitle(_ rows: ClosedDealRows) -> String {
    let days = rows.rows.map(\.closedAt.day)
    guard let first = days.min(), let last = days.max() else { return "An empty history" }
    return "\(Figures.count(rows.rows.count)) deals that closed from \(first) to \(last)"
  }

  private static func figures(_ rows: ClosedDealRows, _ backtest: Backtest) -> [(name: String, value: String)] {
    guard !rows.rows.isEmpty else { return [] }
    let amounts = rows.rows.compactMap(\.amount)
    let cycle = ClosedDealRows.mean(rows.rows.map { Double($0.cycleDays) })
    return [
      ("Closed deals", Figures.count(rows.rows.count)), ("Win rate", Figures.percent(rows.all.winRate)),
      ("Mean amount", ClosedDealRows.mean(amounts).map { ValueFormat.number(0).text($0) } ?? "–"),
      ("Mean cycle", cycle.map { "\(Figures.share($0, 1)) days" } ?? "–"),
      ("Open deals", Figures.count(backtest.openDeals)),
    ]
  }

  private static func summary(_ rows: ClosedDealRows, _ backtest: Backtest) -> [ReportPage.Section] {
    let table = backtest.models.map { model in
      [
        model.model.text, model.inSample.auc.map { Figures.share($0, 3) } ?? "–",
        model.pointInTime.auc.map { Figures.share($0, 3) } ?? "–", model.verdict.sentence,
      ]
    }
    return [
      .init(
        "Summary",
        "Win rates stand with the interval that holds the true rate in 95 of 100 cases (Wilson). What a score is worth "
          + "is measured with what was known when it was made; beside it stands the figure in-sample, where each "
          + "score has seen its own outcome.",
        table: (["Model", "AUC in-sample", "AUC point-in-time", "Verdict"], table))
    ]
  }

  private static func overTime(_ rows: ClosedDealRows) -> [ReportPage.Section] {
    let volumes = rows.quarters.map { quarter in Double(rows.rows.count { $0.quarter == quarter }) }
    func lines(_ property: (ClosedDealRows.Row) -> String?) -> [LineChart.Series] {
      rows.grouped(property).prefix(6).map {
        LineChart.Series($0.name, rows.byQuarter($0.rows, fewest: fewestInPoint))
      }
    }
    return [
      .init(
        "Win rate and volume by quarter", "The line is the win rate with its interval, the bars are closed deals.",
        charts: [
          LineChart(
            "Win rate and closed deals by quarter", labels: rows.quarters,
            series: [.init("win rate", rows.byQuarter(rows.rows))], bars: volumes
          ).svg
        ]),
      .init(
        "Industries over time",
        "Where intervals overlap widely, a difference between two lines says little. Points of fewer than "
          + "\(fewestInPoint) deals are left out.",
        charts: [
          LineChart(
            "Win rate by industry and quarter", labels: rows.quarters, series: lines { $0.descriptors.industry?.text }
          ).svg
        ]),
      .init(
        "Lead sources over time", "Points of fewer than \(fewestInPoint) deals are left out.",
        charts: [
          LineChart(
            "Win rate by lead source and quarter", labels: rows.quarters,
            series: lines { $0.descriptors.leadSource?.text }
          ).svg
        ]),
      .init(
        "Velocity", "Amount per day from creation to close, the mean over deals.",
        charts: [
          LineChart(
            "Velocity by quarter and outcome", labels: rows.quarters,
            series: [velocity("won", rows) { $0.isWon }, velocity("lost", rows) { !$0.isWon }], format: .number(0)
          ).svg
        ]),
    ]
  }

  private static func velocity(
    _ name: String, _ rows: ClosedDealRows, _ belongs: (ClosedDealRows.Row) -> Bool
  ) -> LineChart.Series {
    let groups = Dictionary(grouping: rows.rows.filter(belongs), by: \.quarter)
    return LineChart.Series(
      name, rows.quarters.map { ClosedDealRows.mean((groups[$0] ?? []).compactMap(\.velocity)).map { .init($0) } })
  }

  private static func people(_ rows: ClosedDealRows) -> [ReportPage.Section] {
    let reps = rows.grouped { $0.descriptors.rep?.text }.filter { $0.rows.count >= fewest }
    let ranked = reps.map { (name: $0.name, group: ClosedDealRows.Group($0.rows)) }
      .sorted { ($1.group.winRate, $0.name) < ($0.group.winRate, $1.name) }
    let points = reps.compactMap { rep -> ScatterChart.Point? in
      let quarters = Dictionary(grouping: rep.rows, by: \.quarter).values.filter { $0.count >= fewestInQuarter }
      let rates = quarters.map { ClosedDealRows.Group($0).winRate }.sorted()
      return ClosedDealRows.deviation(rates).map {
        ScatterChart.Point(rep.name, x: ClosedDealRows.Group(rep.rows).winRate, y: $0)
      }
    }
    let middle = ClosedDealRows.mean(points.map(\.y)) ?? 0
    return [
      .init(
        "Reps", "Ranked by win rate; the dashed line is the team. Reps with at least \(fewest) deals.",
        charts: [
          RangeChart(
            "Reps by win rate",
            rows: ranked.map { .init($0.name, $0.group.winRate, $0.group.interval, note: "\($0.group.deals) deals") },
            reference: rows.all.winRate
          ).svg
        ]),
      .init(
        "Consistency",
        "Right is a high win rate, low is a steady one: the spread is the standard deviation of a rep's quarterly win "
          + "rates, over quarters with at least \(fewestInQuarter) deals. The dashed lines are the team's means.",
        charts: [
          ScatterChart(
            "Reps by win rate and consistency", points: points, axes: ("win rate", "spread of quarterly win rates"),
            guides: (rows.all.winRate, middle)
          ).svg
        ]),
    ]
  }

  private static func drivers(_ rows: ClosedDealRows) -> [ReportPage.Section] {
    let buckets = rows.grouped { "\(CycleBucket(days: $0.cycleDays).rawValue)" }
    let cycles = buckets.map { bucket in
      let group = ClosedDealRows.Group(bucket.rows)
      let name = CycleBucket(days: bucket.rows.first?.cycleDays ?? 0).name
      return RangeChart.Row(name, group.winRate, group.interval, note: "\(group.deals) deals")
    }
    return [
      .init(
        "Cycle length against win rate",
        charts: [RangeChart("Win rate by cycle length", rows: cycles, reference: rows.all.winRate).svg]),
      .init("Regions and industries", charts: [heatMap(rows)]),
      .init(
        "Driver effect sizes",
        "Cramér's V of each property and the outcome: below 0.1 a property says next to nothing about who wins.",
        charts: [
          RangeChart("Effect of each property on the outcome", rows: effects(rows), mark: .bar, format: .number(3)).svg
        ]),
      combinations(rows),
    ]
  }

  private static func heatMap(_ rows: ClosedDealRows) -> String {
    let industries = rows.grouped { $0.descriptors.industry?.text }.map(\.name)
    let regions = rows.grouped { $0.descriptors.region?.text }
    let cells = regions.map { region in
      industries.map { industry -> HeatMap.Cell? in
        let group = ClosedDealRows.Group(region.rows.filter { $0.descriptors.industry?.text == industry })
        return group.deals > 0 ? HeatMap.Cell(group.winRate, note: "of \(group.deals) deals") : nil
      }
    }
    return HeatMap("Win rate by region and industry", rows: regions.map(\.name), columns: industries, cells: cells).svg
  }

  private static func effects(_ rows: ClosedDealRows) -> [RangeChart.Row] {
    let properties: [(String, (ClosedDealRows.Row) -> String?)] = [
      ("cycle length", { CycleBucket(days: $0.cycleDays).name }), ("rep", { $0.descriptors.rep?.text }),
      ("stage reached", { $0.stage.name }), ("industry", { $0.descriptors.industry?.text }),
      ("lead source", { $0.descriptors.leadSource?.text }), ("region", { $0.descriptors.region?.text }),
      ("product", { $0.descriptors.productType?.text }),
    ]
    return properties.compactMap { name, property in
      rows.effect(property).map {
        RangeChart.Row(name, $0.v, note: "χ² \(Figures.share($0.chiSquared, 1)), df \($0.freedom)")
      }
    }.sorted { $0.value > $1.value }
  }

  private static func combinations(_ rows: ClosedDealRows) -> ReportPage.Section {
    let groups = rows.grouped { row in
      guard let industry = row.descriptors.industry, let source = row.descriptors.leadSource else { return nil }
      return "\(industry) · \(source) · \(CycleBucket(days: row.cycleDays).name)"
    }.filter { $0.rows.count >= fewest }
    let ranked = groups.map { (name: $0.name, group: ClosedDealRows.Group($0.rows)) }
      .sorted { ($1.group.winRate, $0.name) < ($0.group.winRate, $1.name) }
    let shown = ranked.count > 10 ? Array(ranked.prefix(5) + ranked.suffix(5)) : ranked
    return .init(
      "Best and worst combinations",
      "Industry, lead source and cycle length with at least \(fewest) deals: the ends of \(ranked.count). Among so many, "
        + "some lie far out by chance alone.",
      table: (
        ["Combination", "Win rate", "95% interval", "Deals"],
        shown.map { item in
          let interval = item.group.interval.map {
            "\(Figures.percent($0.lowerBound))–\(Figures.percent($0.upperBound))"
          }
          return [item.name, Figures.percent(item.group.winRate), interval ?? "–", "\(item.group.deals)"]
        }
      ))
  }
}
