import Deals
import Statistics

/// What the scores of a group of closed deals were worth. A figure that can't be computed is nil, never a NaN.
public struct SkillReport: Sendable {
  /// A tier with what became of its deals.
  public struct TierRow: Sendable {
    /// The tier.
    public var tier: RiskTier
    /// Closed deals in it.
    public var deals: Int
    /// Of these, won.
    public var won: Int
    /// won / deals.
    public var winRate: Double { Double(won) / Double(max(1, deals)) }
    /// Where the tier's true win rate lies in 95 of 100 cases (Wilson).
    public var interval: ClosedRange<Double>
  }

  /// A group of deals that were given like chances.
  public struct CalibrationRow: Sendable {
    /// Deals in it.
    public var deals: Int
    /// The mean of the chances that were given.
    public var chance: Double
    /// The share that was won.
    public var winRate: Double
  }

  /// The Brier score and its parts (Murphy 1973; Stephenson, Coelho and Jolliffe 2008): reliability − resolution +
  /// uncertainty + within groups is the score.
  public struct Brier: Sendable {
    /// The score: 0 is perfect.
    public var score: Double
    /// How far chances lie from what happened; less is better.
    public var reliability: Double
    /// How far groups differ from the base rate; more is better.
    public var resolution: Double
    /// What the base rate alone would give.
    public var uncertainty: Double
    /// What the groups' mean chances do not show: how chances scatter within a group, and whether they do so with what
    /// happens; below 0 where they tell deals of a group apart.
    public var withinGroups: Double
  }

  /// Closed deals.
  public var deals: Int
  /// Of these, won.
  public var won: Int
  /// The area under the ROC curve of the chances; nil where only one outcome is there.
  public var auc: Double?
  /// Where the true area lies in 95 of 100 cases (DeLong).
  public var aucInterval: ClosedRange<Double>?
  /// Average precision in finding lost deals; their share is what chance gives.
  public var averagePrecision: Double?
  /// Brier score.
  public var brier: Brier?
  /// Mean negative logarithm of the chance given to what happened, each held at that of `Accuracy.leastChance`.
  public var logLoss: Double?
  /// Deals whose outcome had been given no chance at all; the log loss would be infinite.
  public var certainAndWrong: Int
  /// Ten groups by chance, lowest first.
  public var calibration: [CalibrationRow]
  /// Share of lost deals in each tenth, riskiest first, divided by their share of all.
  public var lift: [Double]
  /// Tiers, most urgent last.
  public var tiers: [TierRow]

  /// How many scores lie from each whole point of risk up to the next, lowest first, empty points between them included.
  public var distribution: [(points: Int, deals: Int)]

  /// won / deals, nil without deals.
  public var winRate: Double? { deals > 0 ? Double(won) / Double(deals) : nil }

  /// How far what was said lies from what happened in the groups of `calibration`, the mean over deals (the expected
  /// calibration error, Naeini, Cooper and Hauskrecht 2015); nil without deals.
  public var calibrationError: Double? {
    guard deals > 0 else { return nil }
    return calibration.reduce(0) { $0 + Double($1.deals) * abs($1.chance - $1.winRate) } / Double(deals)
  }

  /// Why there is no AUC; nil where there is one.
  public var gap: String? {
    if deals == 0 { return "there are no closed deals" }
    if deals == 1 { return "the only deal was \(won == 1 ? "won" : "lost")" }
    if won == 0 { return "none of the \(deals) deals was won" }
    return won == deals ? "all of the \(deals) deals were won" : nil
  }

  /// Why the AUC has no interval; nil where it has one.
  public var intervalGap: String? {
    let least = Discrimination.minimumDeals
    guard gap == nil, min(won, deals - won) < least else { return gap }
    return "\(won) deals were won and \(deals - won) lost, and an interval needs \(least) of each"
  }

  init(_ scores: [TieredForecast]) {
    self.init(forecasts: scores.map(\.forecast))
    tiers = Self.tiers(scores)
  }

  /// Chances without tiers.
  init(forecasts: [Forecast]) {
    deals = forecasts.count
    won = forecasts.count { $0.isWon }
    let discrimination = Discrimination(forecasts)
    auc = discrimination?.auc
    aucInterval = discrimination?.interval
    let ranking = LossRanking(forecasts)
    averagePrecision = won > 0 ? ranking?.averagePrecision : nil
    lift = won > 0 ? ranking?.lift ?? [] : []
    let accuracy = Accuracy(forecasts)
    logLoss = accuracy?.logLoss
    certainAndWrong = accuracy?.certainAndWrong ?? 0
    brier = accuracy.map {
      Brier(
        score: $0.brier, reliability: $0.reliability, resolution: $0.resolution, uncertainty: $0.uncertainty,
        withinGroups: $0.withinBins)
    }
    calibration = (accuracy?.bins ?? []).map {
      CalibrationRow(deals: $0.deals, chance: $0.chance, winRate: $0.winRate)
    }
    tiers = []
    distribution = Self.distribution(forecasts)
  }

  private static func distribution(_ forecasts: [Forecast]) -> [(points: Int, deals: Int)] {
    var counts = [Int](repeating: 0, count: 101)
    // The score as it is told: rounded to a tenth.
    for forecast in forecasts { counts[Int(RiskScore(points: 100 * (1 - forecast.chance)).tenths) / 10] += 1 }
    guard let first = counts.firstIndex(where: { $0 > 0 }), let last = counts.lastIndex(where: { $0 > 0 }) else {
      return []
    }
    return (first...last).map { (points: $0, deals: counts[$0]) }
  }

  private static func tiers(_ scores: [TieredForecast]) -> [TierRow] {
    RiskTier.allCases.compactMap { tier in
      let deals = scores.count { $0.tier == tier }
      let won = scores.count { $0.tier == tier && $0.forecast.isWon }
      guard let interval = Binomial.wilson(won, of: deals) else { return nil }
      return TierRow(tier: tier, deals: deals, won: won, interval: interval)
    }
  }
}
