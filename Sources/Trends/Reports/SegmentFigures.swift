import Deals

/// The figures of one segment in rolling windows that end with a period: four weeks, eight weeks and a quarter beside the
/// year before that quarter.
struct SegmentFigures {
  /// The first instants of the windows, in local days.
  struct Windows {
    let month: Timestamp
    let eight: Timestamp
    let quarter: Timestamp

    /// The windows that end with an instant.
    init(end: Timestamp, _ calendar: ReportCalendar) {
      month = calendar.days(28, before: end)
      eight = calendar.days(56, before: end)
      quarter = calendar.days(91, before: end)
    }
  }

  private let segment: Segment
  private let deals: [ClosedDeal]
  private let windows: Windows

  /// Figures of a segment from a year's closed deals, in the order of time.
  init(_ segment: Segment, _ year: [ClosedDeal], _ windows: Windows) {
    self.segment = segment
    self.windows = windows
    deals = year.filter { segment.contains($0) }
  }

  private func since(_ start: Timestamp) -> [ClosedDeal] { deals.filter { $0.closedAt >= start } }

  /// Named `SEGMENT/figure`: rates 0 to 1, days, dollars a day, dollars.
  var figures: [Report.Figure] {
    let (month, eight, quarter) = (since(windows.month), since(windows.eight), since(windows.quarter))
    let before = deals.filter { $0.closedAt < windows.quarter }
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

  /// The segments of one dimension that closed deals in a period, by name; of more than so many those with the most deals.
  static func segments(_ deals: [ClosedDeal], _ dimension: Dimension, atMost count: Int) -> [Segment] {
    let counts = Dictionary(grouping: deals.compactMap { dimension.value(of: $0) }) { $0 }.mapValues(\.count)
    return counts.sorted { ($1.value, $0.key.text) < ($0.value, $1.key.text) }.prefix(count)
      .map { Segment(Segment.Part(dimension, $0.key)) }.sorted { $0.name < $1.name }
  }
}
