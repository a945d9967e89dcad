import Deals

/// What a model sees of a deal at the instant at which it is scored.
public struct DealFeatures: Hashable, Sendable {
  /// Rep, industry, region, product and lead source.
  public var descriptors: Descriptors
  /// The stage that it is in, or reached.
  public var stage: Stage
  /// The amount in the base currency, nil where unknown.
  public var amount: Money?
  /// Whole days since it was created; of a closed deal, its cycle.
  public var ageDays: Int
  /// Whole days since it entered its stage.
  public var daysInStage: Int

  /// Features.
  public init(descriptors: Descriptors, stage: Stage, amount: Money?, ageDays: Int, daysInStage: Int) {
    self.descriptors = descriptors
    self.stage = stage
    self.amount = amount
    self.ageDays = ageDays
    self.daysInStage = daysInStage
  }
}

/// What a model says of a deal.
public struct Assessment: Hashable, Sendable {
  /// 0 to 100.
  public var score: RiskScore
  /// The chance that the deal is won. `points-v1` is no probability model: there it is 1 − points / 100.
  public var winProbability: Probability
  /// How urgent.
  public var tier: RiskTier
  /// The additive parts of the score.
  public var components: [RiskComponent]
  /// `.insufficientHistory` where a wider rate had to stand in.
  public var flags: RiskFlags
  /// The whole team's win rate that the model compared with; nil while there are no outcomes.
  public var overallWinRate: Double?
}

/// A model that turns features and baselines into a score. A pure function of the two.
public protocol RiskModel: Sendable {
  /// The name and version that its events carry.
  var id: Symbol { get }
  /// Scores a deal. `baselines` is `inout` only because its windows move to the ledger's newest day when they are read.
  func assess(_ features: DealFeatures, _ baselines: inout Baselines) -> Assessment
}

/// How a model reads the baselines.
public struct BaselineSettings: Hashable, Sendable {
  /// The windows for a rep, tried in order until one holds enough deals.
  public var repWindows: [BaselineWindow]
  /// The window for everything else.
  public var segmentWindow: BaselineWindow
  /// Deals that a segment needs for its own rate to count; below it the whole team's rate stands in.
  public var minimumDeals: Int

  /// Settings.
  public init(repWindows: [BaselineWindow], segmentWindow: BaselineWindow, minimumDeals: Int) {
    self.repWindows = repWindows
    self.segmentWindow = segmentWindow
    self.minimumDeals = minimumDeals
  }

  /// Streaming: a rep over 90 days, or 365 where 90 hold fewer than 30 deals; the rest over 365 days.
  public static let streaming = BaselineSettings(
    repWindows: [.days90, .days365], segmentWindow: .days365, minimumDeals: 30)

  /// Every outcome in the ledger, however few: what the reference validated itself on.
  public static let everything = BaselineSettings(repWindows: [.all], segmentWindow: .all, minimumDeals: 1)
}

/// A rate with what stands behind it.
struct SegmentRate {
  var rate: Double
  var deals: Int
  /// The segment had too few deals, and the rate is the whole team's.
  var isBorrowed: Bool
}

extension BaselineSettings {
  /// The whole team's rate; 0.5 while nothing is known.
  func overall(_ baselines: inout Baselines) -> SegmentRate {
    let count = baselines.overallCount(segmentWindow)
    if let rate = count.winRate { return SegmentRate(rate: rate, deals: count.deals, isBorrowed: false) }
    return SegmentRate(rate: 0.5, deals: 0, isBorrowed: true)
  }

  func rate(
    _ dimension: Dimension, _ value: Symbol?, overall: SegmentRate, _ baselines: inout Baselines
  ) -> SegmentRate {
    let count = baselines.count(dimension, value, segmentWindow)
    return own(count) ?? SegmentRate(rate: overall.rate, deals: count.deals, isBorrowed: true)
  }

  func rate(rep: Symbol?, overall: SegmentRate, _ baselines: inout Baselines) -> SegmentRate {
    var deals = 0
    for index in repWindows.indices {
      let count = baselines.count(.rep, rep, repWindows[index])
      if let own = own(count) { return own }
      deals = count.deals
    }
    return SegmentRate(rate: overall.rate, deals: deals, isBorrowed: true)
  }

  /// The window by which reps are compared with each other.
  var repComparisonWindow: BaselineWindow { repWindows.last ?? segmentWindow }

  private func own(_ count: OutcomeCount) -> SegmentRate? {
    guard count.deals >= minimumDeals, let rate = count.winRate else { return nil }
    return SegmentRate(rate: rate, deals: count.deals, isBorrowed: false)
  }
}
