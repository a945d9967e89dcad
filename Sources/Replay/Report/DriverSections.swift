import Charts
import Deals
import Trends

/// What tells won deals from lost ones: cycle length, region and industry, each property's effect, combinations.
enum DriverSections {
  /// Cohen's boundary of a small effect (Cohen 1988, w = 0.1; the same as V where there are two outcomes).
  private static let smallEffect = 0.1
  /// Combinations shown from each end.
  private static let shownCombinations = 5

  static func sections(_ closed: ClosedHistory) -> [ReportPage.Section] {
    [
      .init(
        "Cycle length against win rate", "The dashed line is the win rate of all deals.", figures: [cycles(closed)]),
      .init("Regions and industries", figures: [heatMap(closed)]),
      .init(
        "Driver effect sizes",
        "Cramér's V of each property and the outcome, 0 to 1, with Pearson's chi-squared test; p is not corrected for the "
          + "number of tests. The dashed line is a small effect: a property below it says next to nothing about who wins.",
        figures: [effects(closed)]),
      combinations(closed),
    ]
  }

  private static func cycles(_ closed: ClosedHistory) -> ReportPage.Figure {
    let levels = Dictionary(grouping: closed.deals) { CycleBucket(days: $0.cycleDays) }
    let rows = CycleBucket.allCases.compactMap { bucket in
      levels[bucket].map { deals in
        let tally = Tally(deals)
        return RangeChart.Row(
          bucket.name, tally.winRate ?? 0, tally.interval, note: "\(Figures.deals(tally.deals))")
      }
    }
    return .init(
      RangeChart("Win rate by cycle length", rows: rows, reference: closed.winRate), lacking: "No deal is closed.")
  }

  private static func heatMap(_ closed: ClosedHistory) -> ReportPage.Figure {
    let columns = closed.levels(.industry).map(\.name).sorted()
    let rows = closed.levels(.region).sorted { $0.name < $1.name }
    let cells = rows.map { region in
      let levels = Dictionary(grouping: region.deals) { $0.descriptors.industry?.text }.mapValues { Tally($0) }
      return columns.map { industry -> HeatMap.Cell? in
        levels[industry].flatMap { tally in
          tally.winRate.map { HeatMap.Cell($0, tally.interval, note: "\(Figures.deals(tally.deals))") }
        }
      }
    }
    return .init(
      HeatMap("Win rate by region and industry", rows: rows.map(\.name), columns: columns, cells: cells),
      lacking: "No closed deal has both a region and an industry.")
  }

  private static func effects(_ closed: ClosedHistory) -> ReportPage.Figure {
    let rows = closed.insights.drivers.compactMap { driver in
      driver.test.map {
        RangeChart.Row(
          driver.dimension.spoken, $0.cramersV,
          note: "\(Figures.p($0.p)), χ² \(Figures.share($0.chiSquare, 1)), df \($0.degrees)")
      }
    }.sorted { $0.value > $1.value }
    return .init(
      RangeChart(
        "Effect of each property on the outcome", rows: rows, mark: .bar, reference: smallEffect, format: .number(3)),
      lacking: closed.outcomeGap ?? "No property has two values, so there is nothing to compare.")
  }

  private static func combinations(_ closed: ClosedHistory) -> ReportPage.Section {
    let best = Array(closed.insights.combinations.reversed())
    let isCut = best.count > 2 * shownCombinations
    let shown = isCut ? best.prefix(shownCombinations) + best.suffix(shownCombinations) : best[...]
    let rows = shown.map {
      RangeChart.Row(
        name($0), $0.winRate, $0.tally.interval,
        note: "\(Figures.deals($0.tally.deals)), \(Figures.p($0.correctedP))")
    }
    let which =
      isCut ? "The \(shownCombinations) best and the \(shownCombinations) worst of \(best.count)" : "All \(best.count)"
    return .init(
      "Best and worst combinations",
      best.isEmpty
        ? ""
        : "\(which) combinations of industry, lead source and cycle length with at least "
          + "\(Insights.minimumCombinationDeals) deals. Among so many some lie far out by chance alone: p is corrected for "
          + "all of them (Holm). The dashed line is the win rate of all deals.",
      figures: [
        .init(
          RangeChart("Combinations by win rate", rows: rows, reference: closed.winRate),
          lacking: "No combination of industry, lead source and cycle length has "
            + "\(Insights.minimumCombinationDeals) deals.")
      ])
  }

  /// Such as `EdTech · Partner · Fast (0-30d)`.
  static func name(_ combination: Combination) -> String { combination.values.map(\.text).joined(separator: " · ") }
}
