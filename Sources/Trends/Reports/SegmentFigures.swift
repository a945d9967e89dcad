import Deals

/// The figures of one watched segment in rolling windows that end with a period: four weeks, eight weeks, and thirteen weeks
/// beside the 39 weeks before them.
struct SegmentFigures {
  /// Segments of one pair of dimensions and segments of all together that a report names, those with the most deals first:
  /// more would not fit into a record.
  static let (namedPairs, namedSegments) = (100, 250)
  /// Loss reasons that a report names, of all deals and of each segment.
  private static let (namedReasons, namedSegmentReasons) = (20, 5)

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

  private init(_ segment: Segment, deals: [ClosedDeal], _ windows: Windows) {
    (self.segment, self.deals, self.windows) = (segment, deals, windows)
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
      + Self.losses(quarter, of: segment).filter { $0.value != 0 }
  }

  /// Where in the funnel deals were lost, and why; of a segment after its name.
  static func losses(_ quarter: [ClosedDeal], of segment: Segment? = nil) -> [Report.Figure] {
    let lost = quarter.filter { $0.outcome == .lost }
    let prefix = segment.map { "\($0.name)/" } ?? ""
    let stages = Stage.allCases.map { stage in
      Report.Figure("\(prefix)losses_at_\(stage.name)", Double(lost.count { $0.stage == stage }))
    }
    let reasons = Dictionary(grouping: lost.compactMap(\.lossReason)) { $0 }.mapValues(\.count)
    return stages
      + reasons.sorted { ($1.value, $0.key.text) < ($0.value, $1.key.text) }.prefix(
        segment == nil ? namedReasons : namedSegmentReasons
      )
      .map { Report.Figure("\(prefix)lost_for/\($0.key.text)", Double($0.value)) }
  }

  /// The figures of the watched segments that closed deals in the quarter, by name; of more than a record can hold those
  /// with the most deals.
  static func all(_ watched: [SegmentDimensions], _ year: [ClosedDeal], _ windows: Windows) -> [Report.Figure] {
    var found: [(segment: SegmentFigures, deals: Int, name: String)] = []
    for dimensions in watched {
      var groups: [Segment: [ClosedDeal]] = [:]
      for deal in year { if let segment = Segment(deal, dimensions) { groups[segment, default: []].append(deal) } }
      let own = groups.map { segment, deals in
        let count = deals.count { $0.closedAt >= windows.quarter }
        return (segment: SegmentFigures(segment, deals: deals, windows), deals: count, name: segment.name)
      }
      found += most(own.filter { $0.deals > 0 }, dimensions.second == nil ? Reporter.namedLevels : namedPairs)
    }
    return most(found, namedSegments).sorted { $0.name < $1.name }.flatMap(\.segment.figures)
  }

  private static func most(
    _ found: [(segment: SegmentFigures, deals: Int, name: String)], _ count: Int
  ) -> [(segment: SegmentFigures, deals: Int, name: String)] {
    Array(found.sorted { ($1.deals, $0.name) < ($0.deals, $1.name) }.prefix(count))
  }
}
