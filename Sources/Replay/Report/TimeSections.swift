import Charts
import Deals
import Trends

/// How win rates and velocity went from quarter to quarter.
enum TimeSections {
  /// A point of a part of the deals with fewer than this is left out: its interval would hide all the others.
  static let fewestInPoint = 20
  /// Panels of a property; the values with most deals come first.
  private static let mostPanels = 9

  static func sections(_ closed: ClosedHistory) -> [ReportPage.Section] {
    [
      .init(
        "Win rate and volume by quarter",
        "The line is the win rate with its interval, to the scale at the left. The bars are closed deals, to a scale of their "
          + "own from zero; their numbers stand in them. The first and the last quarter may be short.",
        figures: [quarters(closed)]),
      panels("Industries over time", .industry, closed), panels("Lead sources over time", .leadSource, closed),
      velocity(closed),
    ]
  }

  private static func quarters(_ closed: ClosedHistory) -> ReportPage.Figure {
    let title = "Win rate and closed deals by quarter"
    if let gap = closed.timeGap { return .init(title, words: "\(gap) The win rate is \(closed.insights.tally.text).") }
    let tallies = closed.insights.quarters.map(\.tally)
    return .init(
      LineChart(
        title, labels: closed.quarterLabels, series: [.init("win rate", tallies.map { $0.point() })],
        bars: tallies.map { Double($0.deals) }), lacking: "No deal is closed.")
  }

  /// A panel for each value of a property, all to the same scale.
  private static func panels(_ heading: String, _ dimension: Dimension, _ closed: ClosedHistory) -> ReportPage.Section {
    let title = "Win rate by \(dimension.spoken) and quarter"
    let levels = closed.levels(dimension)
    if levels.isEmpty {
      return .init(heading, figures: [.init(title, words: "No closed deal has \(article(dimension)).")])
    }
    if let gap = closed.timeGap { return .init(heading, figures: [.init(title, words: gap)]) }
    let shown = Array(levels.prefix(mostPanels))
    let lines = shown.map { level -> [LineChart.Point?] in
      let tallies = Dictionary(grouping: level.deals) { Quarter($0.closedAt) }.mapValues { Tally($0) }
      return closed.quarters.map { tallies[$0]?.point(fewest: fewestInPoint) }
    }
    let ends = lines.joined().compactMap { $0?.interval }.flatMap { [$0.lowerBound, $0.upperBound] }
    let span = ends.min().flatMap { low in ends.max().map { low...$0 } }
    let team = closed.insights.quarters.map { $0.tally.deals >= fewestInPoint ? $0.tally.winRate : nil }
    let omitted = levels.count > shown.count ? " Shown are the \(shown.count) with most deals of \(levels.count)." : ""
    return .init(
      heading,
      "The dashed line is the win rate of all deals; where it runs through the band, a difference says little. Quarters of "
        + "fewer than \(fewestInPoint) deals are left out.\(omitted)",
      figures: zip(shown, lines).map { level, points in
        .init(
          panel: LineChart(
            "\(level.name), \(Figures.deals(level.deals.count))", labels: closed.quarterLabels,
            series: [.init(level.name, points)], reference: team, span: span),
          lacking: "No quarter has \(fewestInPoint) deals.")
      })
  }

  private static func article(_ dimension: Dimension) -> String {
    dimension == .industry ? "an industry" : "a \(dimension.spoken)"
  }

  private static func velocity(_ closed: ClosedHistory) -> ReportPage.Section {
    let title = "Velocity by quarter and outcome"
    let heading = "Velocity"
    if !closed.deals.contains(where: { $0.velocity != nil }) {
      return .init(heading, figures: [.init(title, words: "No closed deal has an amount.")])
    }
    if let gap = closed.timeGap {
      let means = Outcome.allCases.compactMap { outcome in
        closed.insights.velocityByOutcome[outcome].map {
          "\(outcome.name.lowercased()) \(Figures.amount($0, closed.currency)) a day"
        }
      }
      return .init(heading, figures: [.init(title, words: "\(gap) The means are: \(means.joined(separator: ", ")).")])
    }
    let series = [Outcome.won, .lost].map { outcome in
      LineChart.Series(
        outcome.name.lowercased(),
        closed.quarterly { deals in
          let values = deals.filter { $0.outcome == outcome }.compactMap(\.velocity)
          return values.count >= fewestInPoint ? Mean.point(values) : nil
        })
    }
    return .init(
      heading,
      "\(closed.currency == .usd ? "Dollars" : closed.currency.code) for each day from creation to close, the mean over deals with its interval (normal approximation). Means of "
        + "fewer than \(fewestInPoint) deals are left out.",
      figures: [
        .init(
          LineChart(
            title, labels: closed.quarterLabels, series: series.filter { $0.points.contains { $0 != nil } },
            format: .number(0)),
          lacking: "No quarter has \(fewestInPoint) won or \(fewestInPoint) lost deals with an amount.")
      ])
  }
}
