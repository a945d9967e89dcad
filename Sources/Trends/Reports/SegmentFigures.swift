import Deals

/// The figures of one segment in rolling windows that end with a period: four weeks, eight weeks and a quarter beside the
/// year before that quarter.
struct SegmentFigures {
  private let segment: Segment
  private let deals: [ClosedDeal]
  private let end: Timestamp

  /// Figures of a segment from a year's closed deals, in the order of time.
  init(_ segment: Segment, _ year: [ClosedDeal], end: Timestamp) {
    self.segment = segment
    self.end = end
    deals = year.filter { segment.contains($0) }
  }

  private func window(_ days: Int) -> [ClosedDeal] { deals.filter { $0.closedAt >= end.adding(days: -days) } }

  /// Named `SEGMENT/figure`: rates 0 to 1, days, dollars a day, dollars.
  var figures: [Report.Figure] {
    let (month, eight, quarter) = (window(28), window(56), window(91))
    let before = deals.filter { $0.closedAt < end.adding(days: -91) }
    let cycles = quarter.map { Double($0.cycleDays) }
    var figures: [(String, Double?)] = [
      ("win_rate_4w", Tally(month).winRate), ("win_rate_8w", Tally(eight).winRate),
      ("win_rate_13w", Tally(quarter).winRate), ("deals_13w", Double(quarter.count)),
      ("win_rate_before", Tally(before).winRate), ("deals_before", Double(before.count)),
      ("cycle_days_mean", mean(cycles)), ("cycle_days_median", median(cycles)),
    ]
    for outcome in Outcome.allCases {
      let own = quarter.filter { $0.outcome == outcome }
      figures.append(("velocity_\(outcome.name)", mean(own.compactMap(\.velocity))))
      figures.append(("amount_\(outcome.name)", mean(own.compactMap { $0.amount?.units })))
    }
    return figures.map { Report.Figure("\(segment.name)/\($0.0)", $0.1) }
  }

  /// The segments of one dimension that closed deals in a period, by name.
  static func segments(_ deals: [ClosedDeal], _ dimension: Dimension) -> [Segment] {
    Set(deals.compactMap { dimension.value(of: $0) }).map { Segment(Segment.Part(dimension, $0)) }
      .sorted { $0.name < $1.name }
  }
}
