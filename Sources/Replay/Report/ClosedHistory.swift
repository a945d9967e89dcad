import Deals
import Foundation
import Scoring
import Trends

/// What a history says of its outcomes: its closed deals, what drives them, and the shifts that would have been told.
public struct ClosedHistory {
  /// The deals that are closed at the end, as the ledger counts them.
  let deals: [ClosedDeal]
  /// What became of each deal.
  public let lives: DealLives
  /// The currency of every amount.
  public let currency: Currency
  /// Drivers, combinations, reps and quarters.
  public let insights: Insights
  /// What a live trend processor would have told of the ledger and the scores.
  public let shifts: [TrendShift]
  /// What it would report at the end of the last week: the segments' last weeks, and what the scores were worth. In UTC.
  public let reports: [Report]
  /// Segments that it watched.
  let watchedSegments: Int
  /// Deals that are open at the end.
  let openDeals: Int
  /// Their amounts, where known.
  let openAmount: Money
  /// When the last of all deals was created.
  let lastCreatedOn: Day?
  private let byQuarter: [Quarter: [ClosedDeal]]

  /// Goes through a history.
  ///
  /// - Parameters:
  ///   - settings: What scores depend on.
  ///   - watched: What the trend processor would have watched.
  public init(
    _ history: DealHistory, settings: EngineSettings = EngineSettings(), watched: TrendSettings = TrendSettings()
  ) {
    var trends = LiveTrends(watched)
    let lives = DealLives(history, settings: settings) { trends.take($0, $1) }
    self.lives = lives
    currency = settings.currencies.base
    deals = lives.lives.compactMap(\.state.closedDeal)
    insights = Insights(deals)
    shifts = trends.shifts
    reports = Reporter(timeZone: .gmt).lastWeek(trends.engine)
    watchedSegments = trends.engine.segmentCount
    let open = lives.lives.filter { $0.state.status.outcome == nil }
    openDeals = open.count
    openAmount = open.reduce(.zero) { $0 + ($1.state.amount ?? .zero) }
    lastCreatedOn = lives.lives.map(\.state.createdAt).max()?.day
    byQuarter = Dictionary(grouping: deals) { Quarter($0.closedAt) }
  }

  var isEmpty: Bool { deals.isEmpty }

  /// won / (won + lost) of all deals.
  var winRate: Double { insights.tally.winRate ?? 0 }

  /// Quarters in which deals closed, in the order of time.
  var quarters: [Quarter] { insights.quarters.map(\.quarter) }

  /// The quarters as labels.
  var quarterLabels: [String] { quarters.map { "\($0)" } }

  /// The days between which deals closed.
  var days: ClosedRange<Day>? {
    let days = deals.map(\.closedAt.day)
    guard let first = days.min(), let last = days.max() else { return nil }
    return first...last
  }

  /// The amounts of deals of an outcome, added up.
  func amount(_ outcome: Outcome) -> Money {
    deals.reduce(.zero) { $1.outcome == outcome ? $0 + ($1.amount ?? .zero) : $0 }
  }

  /// Why nothing can be drawn over time; nil where it can.
  var timeGap: String? {
    guard quarters.count < 2, let quarter = quarters.first else { return nil }
    return "All \(Figures.deals(deals.count)) closed in one quarter, \(quarter), so there is no course over time."
  }

  /// Why won and lost deals can't be told apart; nil where both are there.
  var outcomeGap: String? {
    let tally = insights.tally
    if tally.won > 0, tally.lost > 0 { return nil }
    return
      "All \(Figures.deals(deals.count)) were \(tally.won > 0 ? "won" : "lost"), so nothing tells won from lost."
  }

  /// A figure of the deals of each quarter.
  func quarterly<Value>(_ value: ([ClosedDeal]) -> Value) -> [Value] { quarters.map { value(byQuarter[$0] ?? []) } }

  /// The values of a dimension with their deals, most deals first.
  func levels(_ dimension: Deals.Dimension) -> [(name: String, deals: [ClosedDeal])] {
    var levels: [Symbol: [ClosedDeal]] = [:]
    for deal in deals { if let value = dimension.value(of: deal) { levels[value, default: []].append(deal) } }
    return levels.map { (name: $0.key.text, deals: $0.value) }
      .sorted { ($1.deals.count, $0.name) < ($0.deals.count, $1.name) }
  }
}
