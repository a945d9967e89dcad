import Charts
import Deals
import Statistics

/// What a page says of a model: its verdict, its tiers, its calibration and its lift.
enum ModelSections {
  static func sections(_ model: ModelBacktest) -> [ReportPage.Section] {
    let gap = model.pointInTime.gap.map { "Nothing can be said: \($0)." }
    return [
      .init(
        "\(model.title): verdict",
        [model.verdict.sentence, model.verdict.leak.map { "Leak check: \($0)" }, SkillWords.certainAndWrong(model)]
          .compactMap(\.self).map { "\($0)." }.joined(separator: " "),
        tables: [.init(heads: [""] + model.sides.map(\.name), rows: figures(model), layout: .blocks)]),
      .init(
        "\(model.title): tiers",
        "The share that was won in each tier; the dashed line is the win rate of all. In-sample every score had seen its own "
          + "outcome: only point-in-time counts. A score that works has win rates that fall from Low to Critical.",
        figures: [
          tiers("In-sample", model.inSample, model), tiers("Point-in-time", model.pointInTime, model),
        ]),
      .init(
        "\(model.title): score distribution",
        "Deals by their score at the close, 0 to 100 points of risk, point-in-time. Where a few lie far out, the hundredth of "
          + "the deals at that end stands together.",
        figures: [
          .init(distribution(model.pointInTime), lacking: gap ?? "No closed deal was scored.")
        ]),
      .init(
        "\(model.title): calibration and lift",
        "What the model said and what happened, in groups of equal size; and the share of lost deals in each tenth of the "
          + "deals, riskiest first, divided by their share of all: 1, the dashed line, is what chance gives.",
        figures: [
          .init(calibration(model.pointInTime), lacking: gap ?? "There are too few deals for groups."),
          .init(lift(model.pointInTime), lacking: gap ?? "There are too few deals for tenths."),
        ]),
      .init("\(model.title): skill over time", figures: [overTime(model)]),
    ]
  }

  /// The figures of each part: by quarter, age and segment.
  static func parts(_ model: ModelBacktest) -> [ReportPage.Section] {
    var sections = model.slices.map { part(model, $0, "point-in-time") }
    if let ages = model.publishedSlices.first(where: { $0.name == "age" }) {
      sections.append(part(model, ages, "as published, age at the score"))
    }
    return sections
  }

  private static let partWords =
    "AP is the average precision in finding lost deals; miss is how far what was said lies from what happened, the mean over "
    + "groups by chance; top lift is that of the riskiest tenth."

  private static func part(_ model: ModelBacktest, _ table: SliceTable, _ side: String) -> ReportPage.Section {
    let name = table.name.replacing("_", with: " ")
    func rows(_ cells: (SkillReport) -> [String]) -> [[String]] { table.slices.map { [$0.label] + cells($0.report) } }
    let tenths = [name] + (1...10).map { "\($0)" }
    return ReportPage.Section(
      "\(model.title): by \(name), \(side)", partWords,
      tables: [
        .init("Skill", heads: [name] + SkillWords.heads, rows: rows(SkillWords.cells), layout: .blocks),
        .init(
          "Tiers: the share that was won, of how many deals", heads: [name] + RiskTier.allCases.map(\.name),
          rows: rows(SkillWords.tierCells), layout: .blocks),
        .init(
          "Calibration: per cent said above, per cent won below, in groups by chance, lowest first",
          heads: tenths, rows: rows(SkillWords.calibrationCells), layout: .dense),
        .init(
          "Lift by tenth, riskiest first", heads: tenths, rows: rows(SkillWords.liftCells), layout: .dense),
      ])
  }

  private static func figures(_ model: ModelBacktest) -> [[String]] {
    func row(_ name: String, _ value: (SkillReport) -> String?) -> [String] {
      [name] + model.sides.map { value($0.report) ?? "–" }
    }
    return [
      row("Deals") { Figures.count($0.deals) },
      row("AUC") { $0.auc.map { Figures.share($0, 3) } },
      row("95% interval") {
        $0.aucInterval.map { "\(Figures.share($0.lowerBound, 3))–\(Figures.share($0.upperBound, 3))" }
      },
      row("Average precision (lost)") { $0.averagePrecision.map { Figures.share($0, 3) } },
      row("By chance") { $0.winRate.map { Figures.share(1 - $0, 3) } },
      row("Brier score") { $0.brier.map { Figures.share($0.score, 4) } },
      row("Reliability") { $0.brier.map { Figures.share($0.reliability, 4) } },
      row("Resolution") { $0.brier.map { Figures.share($0.resolution, 4) } },
      row("Uncertainty") { $0.brier.map { Figures.share($0.uncertainty, 4) } },
      row("Within groups") { $0.brier.map { Figures.share($0.withinGroups, 4) } },
      row("Log loss") { $0.logLoss.map { Figures.share($0, 4) } },
    ]
  }

  private static func tiers(_ side: String, _ report: SkillReport, _ model: ModelBacktest) -> ReportPage.Figure {
    let rows = report.tiers.map {
      RangeChart.Row($0.tier.name, $0.winRate, $0.interval, note: "\(Figures.deals($0.deals))")
    }
    return .init(
      RangeChart("\(side): win rate by tier of \(model.title)", rows: rows, reference: report.winRate),
      lacking: "No closed deal was scored.")
  }

  private static func distribution(_ report: SkillReport) -> RangeChart {
    RangeChart(
      "Deals by score", rows: scoreGroups(report.distribution).map { .init($0.name, Double($0.deals)) }, mark: .bar,
      format: .number(0))
  }

  /// Deals by single points of the score where they lie close together, else by five. The hundredth of the deals at either
  /// end stands together: a few far scores must not make all the others one bar.
  static func scoreGroups(_ distribution: [(points: Int, deals: Int)]) -> [(name: String, deals: Int)] {
    let end = distribution.reduce(0) { $0 + $1.deals } / 100
    var (low, high) = (distribution.startIndex, distribution.endIndex)
    var (below, above) = (0, 0)
    while low < high, below + distribution[low].deals <= end {
      below += distribution[low].deals
      low += 1
    }
    while low < high, above + distribution[high - 1].deals <= end {
      above += distribution[high - 1].deals
      high -= 1
    }
    guard low < high else { return [] }
    let (first, last) = (distribution[low].points, distribution[high - 1].points)
    let width = high - low > 25 ? 5 : 1
    let groups = Dictionary(grouping: distribution[low..<high]) { $0.points / width }
    var rows = groups.keys.sorted().map { group in
      // The first and the last group may be cut.
      let (from, to) = (max(first, group * width), min(last + 1, (group + 1) * width))
      // A score has one decimal, and none is above 100.
      return (
        name: from == 100 ? "100" : "\(from).0–\(to > 100 ? "100" : "\(to - 1).9")",
        deals: (groups[group] ?? []).reduce(0) { $0 + $1.deals }
      )
    }
    if below > 0 { rows.insert((name: "below \(first)", deals: below), at: 0) }
    if above > 0 { rows.append((name: "\(last + 1) and more", deals: above)) }
    return rows
  }

  private static func calibration(_ report: SkillReport) -> LineChart {
    let happened = report.calibration.map {
      LineChart.Point(
        $0.winRate, Binomial.wilson(Int(($0.winRate * Double($0.deals)).rounded()), of: $0.deals))
    }
    return LineChart(
      "Calibration, groups by the chance that was given", labels: report.calibration.map { Figures.percent($0.chance) },
      series: [.init("said", report.calibration.map { .init($0.chance) }), .init("happened", happened)])
  }

  private static func lift(_ report: SkillReport) -> RangeChart {
    RangeChart(
      "Lift by tenth",
      rows: report.lift.enumerated().map {
        .init($0.offset == 0 ? "riskiest tenth" : "tenth \($0.offset + 1)", $0.element)
      },
      mark: .bar, reference: 1, format: .number(2))
  }

  private static func overTime(_ model: ModelBacktest) -> ReportPage.Figure {
    let title = "AUC by quarter, point-in-time"
    let quarters = model.slices.first { $0.name == "quarter" }?.slices ?? []
    if quarters.count == 1, let only = quarters.first {
      return .init(title, words: "All deals closed in one quarter, \(only.label), so there is no course over time.")
    }
    return .init(
      LineChart(
        title, labels: quarters.map(\.label),
        series: [.init("AUC", quarters.map { slice in slice.auc.map { .init($0, slice.aucInterval) } })],
        reference: quarters.map { _ in 0.5 }, format: .number(2)),
      lacking: "No quarter has both won and lost deals.")
  }
}
