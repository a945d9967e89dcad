import Charts
import Deals
import Trends

/// How reps do, and how steadily.
enum RepSections {
  /// Reps with fewer deals are left out of rankings: their rates are noise.
  static let fewest = 30

  /// Reps with enough deals, highest win rate first.
  static func ranked(_ closed: ClosedHistory) -> [RepCard] { closed.insights.reps.filter { $0.tally.deals >= fewest } }

  static func sections(_ closed: ClosedHistory) -> [ReportPage.Section] {
    let cards = ranked(closed)
    let rows = cards.map { card in
      RangeChart.Row(
        card.rep.text, card.tally.winRate ?? 0, card.tally.interval, note: "\(Figures.deals(card.tally.deals))")
    }
    return [
      .init(
        "Reps",
        "Ranked by win rate; the dashed line is the team. Reps with at least \(fewest) deals. A rank says little where the "
          + "interval holds the team's rate.",
        figures: [
          .init(
            RangeChart("Reps by win rate", rows: rows, reference: closed.winRate),
            lacking: closed.insights.reps.isEmpty
              ? "No closed deal has a rep."
              : "None of the \(closed.insights.reps.count) reps closed \(fewest) deals.")
        ]),
      consistency(cards, closed),
    ]
  }

  private static func consistency(_ cards: [RepCard], _ closed: ClosedHistory) -> ReportPage.Section {
    let points = cards.compactMap { card in
      card.consistencyIndex.map {
        ScatterChart.Point(card.rep.text, x: card.tally.winRate ?? 0, y: $0, group: group(card.quadrant))
      }
    }
    // The cut is the one that the cards' quadrants were made with: over all reps.
    let middle = Mean.median(closed.insights.reps.compactMap(\.consistencyIndex)) ?? 0
    let chance = chanceSpread(cards, rate: closed.winRate).map {
      " Chance alone, with as many deals in each quarter, gives a spread of about \(Figures.percent($0))."
    }
    return .init(
      "Consistency",
      "Right is a high win rate, low is a steady one: the spread is the standard deviation of a rep's quarterly win rates, "
        + "over quarters with at least \(RepCard.minimumQuarterDeals) deals. The dashed lines are the team's win rate and "
        + "the reps' middle spread.\(chance ?? "")",
      figures: [
        .init(
          ScatterChart(
            "Reps by win rate and consistency", points: points, axes: ("win rate", "spread of quarterly win rates"),
            guides: (closed.winRate, middle),
            quadrants: .init(
              topLeft: "below, unsteady", topRight: "above the team, unsteady",
              bottomLeft: "below, steady", bottomRight: "above the team, steady")),
          lacking: "No rep with at least \(fewest) deals has two quarters with at least "
            + "\(RepCard.minimumQuarterDeals) deals, so there is no spread to draw.")
      ])
  }

  private static func group(_ quadrant: RepCard.Quadrant?) -> Int {
    switch quadrant {
    case .steadyWinner, nil: 0
    case .unsteadyWinner: 2
    case .steadyBelow: 4
    case .unsteadyBelow: 1
    }
  }

  /// The spread that quarterly rates would have if every deal of every rep were won with the same chance: the square root
  /// of the mean of p(1 − p) / n over the quarters that count.
  static func chanceSpread(_ cards: [RepCard], rate: Double) -> Double? {
    let counted = cards.flatMap { $0.quarters.values }.map(\.deals).filter { $0 >= RepCard.minimumQuarterDeals }
    guard !counted.isEmpty else { return nil }
    let variance = counted.reduce(0) { $0 + rate * (1 - rate) / Double($1) } / Double(counted.count)
    return variance.squareRoot()
  }
}
