import Deals

/// `weighted-v1`, the reference formula: the chance to win is a weighted mean of five win rates (cycle bucket, rep,
/// industry, lead source, stage), and the risk is what is missing to 1.
public struct WeightedModel: RiskModel, Hashable {
  /// The weights; they should add up to 1.
  public struct Weights: Hashable, Sendable {
    /// Of the cycle bucket's win rate.
    public var cycleBucket = 0.30
    /// Of the rep's.
    public var rep = 0.25
    /// Of the industry's.
    public var industry = 0.15
    /// Of the lead source's.
    public var leadSource = 0.15
    /// Of the stage's.
    public var stage = 0.15

    /// The reference's weights.
    public init() {}
  }

  /// The highest score of each tier: Low ≤ 50 < Medium ≤ 55 < High ≤ 60 < Critical.
  public struct Tiers: Hashable, Sendable {
    /// The highest score that is Low.
    public var low = 50.0
    /// The highest score that is Medium.
    public var medium = 55.0
    /// The highest score that is High.
    public var high = 60.0

    /// The reference's tiers.
    public init() {}

    func tier(of score: RiskScore) -> RiskTier {
      if score.points <= low { return .low }
      if score.points <= medium { return .medium }
      return score.points <= high ? .high : .critical
    }
  }

  /// `weighted-v1`.
  public static let name = Symbol("weighted-v1")

  /// `weighted-v1`.
  public var id: Symbol { Self.name }
  /// The weights.
  public var weights: Weights
  /// The tiers.
  public var tiers: Tiers
  /// How it reads the baselines.
  public var baselines: BaselineSettings
  private let words = Vocabulary.shared

  /// The model.
  public init(weights: Weights = Weights(), tiers: Tiers = Tiers(), baselines: BaselineSettings = .streaming) {
    self.weights = weights
    self.tiers = tiers
    self.baselines = baselines
  }

  /// Scores a deal; see `RiskModel`.
  public func assess(_ features: DealFeatures, _ ledger: inout Baselines) -> Assessment {
    let descriptors = features.descriptors
    let overall = baselines.overall(&ledger)
    let cycle = words.symbol(of: CycleBucket(days: features.ageDays))
    let stage = words.symbol(of: features.stage)
    let cycleRate = baselines.rate(.cycleBucket, cycle, overall: overall, &ledger)
    let repRate = baselines.rate(rep: descriptors.rep, overall: overall, &ledger)
    let industryRate = baselines.rate(.industry, descriptors.industry, overall: overall, &ledger)
    let sourceRate = baselines.rate(.leadSource, descriptors.leadSource, overall: overall, &ledger)
    let stageRate = baselines.rate(.stage, stage, overall: overall, &ledger)

    let components = [
      component(words.cycleBucket, cycle, weights.cycleBucket, cycleRate),
      component(words.rep, descriptors.rep, weights.rep, repRate),
      component(words.industry, descriptors.industry, weights.industry, industryRate),
      component(words.leadSource, descriptors.leadSource, weights.leadSource, sourceRate),
      component(words.stage, stage, weights.stage, stageRate),
    ]
    // The order of the sum is part of the formula: another order would give other bits.
    var chance = weights.cycleBucket * cycleRate.rate
    chance += weights.rep * repRate.rate
    chance += weights.industry * industryRate.rate
    chance += weights.leadSource * sourceRate.rate
    chance += weights.stage * stageRate.rate
    let score = RiskScore(points: 100 * (1 - chance))
    let borrowed =
      cycleRate.isBorrowed || repRate.isBorrowed || industryRate.isBorrowed || sourceRate.isBorrowed
      || stageRate.isBorrowed
    return Assessment(
      score: score, winProbability: Probability(chance), tier: tiers.tier(of: score), components: components,
      flags: borrowed ? .insufficientHistory : [], overallWinRate: overall.deals > 0 ? overall.rate : nil)
  }

  private func component(
    _ factor: Symbol, _ value: Symbol?, _ weight: Double, _ rate: SegmentRate
  ) -> RiskComponent {
    RiskComponent(
      factor: factor, value: value, winRate: rate.rate, deals: rate.deals, weight: weight,
      contribution: 100 * weight * (1 - rate.rate))
  }
}
