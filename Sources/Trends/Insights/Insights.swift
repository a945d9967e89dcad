import Deals
import Statistics

/// What the outcomes of a history say: drivers, combinations, reps and quarters.
public struct Insights: Sendable {
  /// One quarter's figures.
  public struct QuarterFigures: Hashable, Sendable {
    /// The quarter.
    public var quarter: Quarter
    /// Its deals.
    public var tally: Tally
    /// Mean cycle in days.
    public var meanCycleDays: Double
    /// Mean velocity in dollars a day; nil without amounts.
    public var meanVelocity: Double?
  }

  /// Deals that a combination needs.
  public static let minimumCombinationDeals = 30
  /// Deals that a rep needs in an industry.
  public static let minimumMismatchDeals = 15

  /// All deals.
  public var tally: Tally
  /// Mean amount in dollars; nil without amounts.
  public var meanAmount: Double?
  /// The middle amount.
  public var medianAmount: Double?
  /// Mean cycle in days; nil without deals.
  public var meanCycleDays: Double?
  /// The middle cycle.
  public var medianCycleDays: Double?
  /// Factors, the strongest first.
  public var drivers: [Driver]
  /// Industry × lead source × cycle, lowest rate first.
  public var combinations: [Combination]
  /// Rep × industry, lowest rate first.
  public var mismatches: [Combination]
  /// Reps, highest rate first.
  public var reps: [RepCard]
  /// Quarters in the order of time.
  public var quarters: [QuarterFigures]
  /// Win rate of each industry by quarter.
  public var industries: [Symbol: [Quarter: Tally]]
  /// Mean velocity of won and of lost deals, in dollars a day.
  public var velocityByOutcome: [Outcome: Double]
  /// Where in the funnel deals were lost.
  public var lossesByStage: [Stage: Int]
  /// Why, where the CRM says so.
  public var lossReasons: [Symbol: Int]

  /// The insights of closed deals.
  public init(_ deals: [ClosedDeal]) {
    tally = Tally(deals)
    let amounts = deals.compactMap { $0.amount?.units }
    (meanAmount, medianAmount) = (mean(amounts), median(amounts))
    let cycles = deals.map { Double($0.cycleDays) }
    (meanCycleDays, medianCycleDays) = (mean(cycles), median(cycles))
    drivers = Driver.all(deals)
    combinations = Combination.all(deals, Combination.dimensions, minimumDeals: Self.minimumCombinationDeals)
    mismatches = Combination.all(deals, [.rep, .industry], minimumDeals: Self.minimumMismatchDeals)
    reps = RepCard.all(deals)
    quarters = Dictionary(grouping: deals) { Quarter($0.closedAt) }.map { quarter, deals in
      QuarterFigures(
        quarter: quarter, tally: Tally(deals), meanCycleDays: mean(deals.map { Double($0.cycleDays) }) ?? 0,
        meanVelocity: mean(deals.compactMap(\.velocity)))
    }.sorted { $0.quarter < $1.quarter }
    industries = [:]
    velocityByOutcome = [:]
    lossesByStage = [:]
    lossReasons = [:]
    for deal in deals {
      if let industry = deal.descriptors.industry {
        industries[industry, default: [:]][Quarter(deal.closedAt), default: Tally()].count(deal)
      }
      guard deal.outcome == .lost else { continue }
      lossesByStage[deal.stage, default: 0] += 1
      if let reason = deal.lossReason { lossReasons[reason, default: 0] += 1 }
    }
    for outcome in Outcome.allCases {
      velocityByOutcome[outcome] = mean(deals.filter { $0.outcome == outcome }.compactMap(\.velocity))
    }
  }
}
