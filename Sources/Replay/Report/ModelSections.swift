import Charts
import Statistics

/// What a page says of a model: its verdict, its tiers, its calibration and its lift.
enum ModelSections {
  static func sections(_ model: ModelBacktest) -> [ReportPage.Section] {
    [
      .init(
        "\(model.model): verdict",
        "\(model.verdict.sentence). \(model.verdict.leak.map { "Leak check: \($0)." } ?? "")",
        table: (["", "in-sample", "point-in-time", "as published"], figures(model))),
      .init(
        "\(model.model): tiers",
        "The share that was won in each tier. In-sample every score had seen its own outcome: only point-in-time counts. "
          + "A score that works has win rates that fall from Low to Critical.",
        charts: [
          tiers("In-sample", model.inSample, model), tiers("Point-in-time", model.pointInTime, model),
        ]),
      .init(
        "\(model.model): score distribution", "Deals by their score at the close, point-in-time.",
        charts: [distribution(model.pointInTime)]),
      .init(
        "\(model.model): calibration and lift",
        "What the model said and what happened, in ten groups of equal size; and the share of lost deals in each tenth of "
          + "the deals, riskiest first, divided by their share of all.",
        charts: [calibration(model.pointInTime), lift(model.pointInTime)]),
      .init("\(model.model): skill over time", charts: [overTime(model)]),
    ]
  }

  private static func figures(_ model: ModelBacktest) -> [[String]] {
    let sides = [model.inSample, model.pointInTime, model.published]
    func row(_ name: String, _ value: (SkillReport) -> String?) -> [String] { [name] + sides.map { value($0) ?? "–" } }
    return [
      row("AUC") { $0.auc.map { Figures.share($0, 3) } },
      row("95% interval") {
        $0.aucInterval.map { "\(Figures.share($0.lowerBound, 3))–\(Figures.share($0.upperBound, 3))" }
      },
      row("Brier score") { $0.brier.map { Figures.share($0.score, 4) } },
      row("Log loss") { $0.logLoss.map { Figures.share($0, 4) } },
    ]
  }

  private static func tiers(_ side: String, _ report: SkillReport, _ model: ModelBacktest) -> String {
    RangeChart(
      "\(side): win rate by tier of \(model.model)",
      rows: report.tiers.map {
        .init("\(side) \($0.tier.name)", $0.winRate, $0.interval, note: "\(Figures.count($0.deals)) deals")
      }, reference: report.winRate
    ).svg
  }

  /// By single points where scores lie close together, else by five.
  private static func distribution(_ report: SkillReport) -> String {
    let width = report.distribution.count > 30 ? 5 : 1
    let groups = Dictionary(grouping: report.distribution) { $0.points / width }
    let rows = groups.keys.sorted().map { group in
      let deals = (groups[group] ?? []).reduce(0) { $0 + $1.deals }
      return RangeChart.Row("\(group * width)–\((group + 1) * width) points", Double(deals))
    }
    return RangeChart("Deals by score", rows: rows, mark: .bar, format: .number(0)).svg
  }

  private static func calibration(_ report: SkillReport) -> String {
    let labels = report.calibration.map { Figures.percent($0.chance) }
    return LineChart(
      "Calibration", labels: labels,
      series: [
        .init("said", report.calibration.map { .init($0.chance) }),
        .init(
          "happened",
          report.calibration.map {
            .init($0.winRate, Binomial.wilson(Int(($0.winRate * Double($0.deals)).rounded()), of: $0.deals))
          }),
      ]
    ).svg
  }

  private static func lift(_ report: SkillReport) -> String {
    RangeChart(
      "Lift by tenth",
      rows: report.lift.enumerated().map {
        .init($0.offset == 0 ? "riskiest tenth" : "tenth \($0.offset + 1)", $0.element)
      },
      mark: .bar, reference: 1, format: .number(2)
    ).svg
  }

  private static func overTime(_ model: ModelBacktest) -> String {
    let quarters = model.slices.first { $0.name == "quarter" }?.slices ?? []
    return LineChart(
      "AUC by quarter, point-in-time", labels: quarters.map(\.label),
      series: [.init("AUC", quarters.map { slice in slice.auc.map { .init($0, slice.aucInterval) } })],
      format: .number(2)
    ).svg
  }
}
