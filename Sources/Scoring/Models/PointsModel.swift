import Deals

/// `points-v1`: rule points that add up, at most 100. Every rule that adds is a reason.
public struct PointsModel: RiskModel, Hashable {
  /// Thresholds and points. Days are the age of an open deal or the cycle of a closed one, rates are shares from 0 to 1.
  public struct Rules: Hashable, Sendable {
    /// Above so many days a deal is critically old.
    public var criticalDays = 90
    /// Points for that.
    public var criticalDaysPoints = 30.0
    /// Above so many days a deal is old.
    public var highDays = 70
    /// Points for that.
    public var highDaysPoints = 20.0
    /// Points for a deal above the mean cycle.
    public var aboveMeanCyclePoints = 10.0
    /// Points for a rep in the bottom fifth.
    public var bottomFifthRepPoints = 25.0
    /// Points for a rep below the team.
    public var belowTeamRepPoints = 15.0
    /// An industry below this rate is weak.
    public var industryRate = 0.445
    /// Points for that.
    public var industryPoints = 15.0
    /// The lead source that is weak whatever its rate.
    public var weakLeadSource = "Partner"
    /// A lead source below this rate is weak.
    public var leadSourceRate = 0.45
    /// Points for that.
    public var leadSourcePoints = 15.0
    /// Above so many days a deal in Demo or Proposal is stuck.
    public var stuckDays = 40
    /// Points for that.
    public var stuckPoints = 10.0
    /// Above this amount a deal is large.
    public var largeAmount = Money(cents: 5_000_000)
    /// Points for that.
    public var largeAmountPoints = 5.0
    /// A region below this rate is weak.
    public var regionRate = 0.45
    /// Points for that.
    public var regionPoints = 5.0

    /// The reference's rules.
    public init() {}
  }

  /// The lowest score of each tier: Critical ≥ 75, High ≥ 55, Medium ≥ 30, else Low.
  public struct Levels: Hashable, Sendable {
    /// The lowest score that is Critical.
    public var critical = 75.0
    /// The lowest score that is High.
    public var high = 55.0
    /// The lowest score that is Medium.
    public var medium = 30.0

    /// The reference's levels.
    public init() {}

    func tier(of score: RiskScore) -> RiskTier {
      if score.points >= critical { return .critical }
      if score.points >= high { return .high }
      return score.points >= medium ? .medium : .low
    }
  }

  /// `points-v1`.
  public static let name = Symbol("points-v1")

  /// `points-v1`.
  public var id: Symbol { Self.name }
  /// Thresholds and points.
  public var rules: Rules
  /// The tiers.
  public var levels: Levels
  /// How it reads the baselines.
  public var baselines: BaselineSettings
  private let weakLeadSource: Symbol
  private let words = Vocabulary.shared

  /// The model.
  public init(rules: Rules = Rules(), levels: Levels = Levels(), baselines: BaselineSettings = .streaming) {
    self.rules = rules
    self.levels = levels
    self.baselines = baselines
    self.weakLeadSource = Symbol(rules.weakLeadSource)
  }

  /// Scores a deal; see `RiskModel`.
  public func assess(_ features: DealFeatures, _ ledger: inout Baselines) -> Assessment {
    let overall = baselines.overall(&ledger)
    var components: [RiskComponent] = []
    var flags: RiskFlags = []
    addDays(features, &ledger, to: &components)
    addRep(features, overall, &ledger, to: &components, &flags)
    addIndustry(features, overall, &ledger, to: &components, &flags)
    addLeadSource(features, overall, &ledger, to: &components, &flags)
    addStuck(features, to: &components)
    addAmount(features, to: &components)
    addRegion(features, overall, &ledger, to: &components, &flags)
    let points = min(100, components.reduce(0) { $0 + $1.contribution })
    let score = RiskScore(points: points)
    return Assessment(
      score: score, winProbability: Probability(1 - points / 100), tier: levels.tier(of: score),
      components: components, flags: flags, overallWinRate: overall.deals > 0 ? overall.rate : nil)
  }

  private func addDays(_ features: DealFeatures, _ ledger: inout Baselines, to components: inout [RiskComponent]) {
    let days = features.ageDays
    let tally = ledger.overallTally(baselines.segmentWindow)
    let points: Double
    if days > rules.criticalDays {
      points = rules.criticalDaysPoints
    } else if days > rules.highDays {
      points = rules.highDaysPoints
    } else if let mean = tally.meanCycleDays, Double(days) > mean {
      points = rules.aboveMeanCyclePoints
    } else {
      return
    }
    let bucket = words.symbol(of: CycleBucket(days: days))
    components.append(adding(points, words.days, bucket, rate: nil, deals: tally.deals))
  }

  private func addRep(
    _ features: DealFeatures, _ overall: SegmentRate, _ ledger: inout Baselines,
    to components: inout [RiskComponent], _ flags: inout RiskFlags
  ) {
    let own = baselines.rate(rep: features.descriptors.rep, overall: overall, &ledger)
    guard !own.isBorrowed else {
      flags.insert(.insufficientHistory)
      return
    }
    let fifth = ledger.bottomFifthOfReps(
      baselines.repComparisonWindow, minimumDeals: baselines.minimumDeals)
    let points: Double
    if let fifth, own.rate < fifth {
      points = rules.bottomFifthRepPoints
    } else if own.rate < overall.rate {
      points = rules.belowTeamRepPoints
    } else {
      return
    }
    components.append(adding(points, words.rep, features.descriptors.rep, rate: own.rate, deals: own.deals))
  }

  private func addIndustry(
    _ features: DealFeatures, _ overall: SegmentRate, _ ledger: inout Baselines,
    to components: inout [RiskComponent], _ flags: inout RiskFlags
  ) {
    let industry = features.descriptors.industry
    let own = baselines.rate(.industry, industry, overall: overall, &ledger)
    if own.isBorrowed { flags.insert(.insufficientHistory) }
    guard !own.isBorrowed, own.rate < rules.industryRate else { return }
    components.append(adding(rules.industryPoints, words.industry, industry, rate: own.rate, deals: own.deals))
  }

  private func addLeadSource(
    _ features: DealFeatures, _ overall: SegmentRate, _ ledger: inout Baselines,
    to components: inout [RiskComponent], _ flags: inout RiskFlags
  ) {
    let source = features.descriptors.leadSource
    let own = baselines.rate(.leadSource, source, overall: overall, &ledger)
    if own.isBorrowed { flags.insert(.insufficientHistory) }
    guard source == weakLeadSource || (!own.isBorrowed && own.rate < rules.leadSourceRate) else { return }
    components.append(
      adding(
        rules.leadSourcePoints, words.leadSource, source, rate: own.isBorrowed ? nil : own.rate,
        deals: own.deals))
  }

  private func addStuck(_ features: DealFeatures, to components: inout [RiskComponent]) {
    guard features.stage == .demo || features.stage == .proposal, features.ageDays > rules.stuckDays else { return }
    let stage = words.symbol(of: features.stage)
    components.append(adding(rules.stuckPoints, words.stage, stage, rate: nil, deals: 0))
  }

  private func addAmount(_ features: DealFeatures, to components: inout [RiskComponent]) {
    guard let amount = features.amount, amount > rules.largeAmount else { return }
    components.append(adding(rules.largeAmountPoints, words.amount, nil, rate: nil, deals: 0))
  }

  private func addRegion(
    _ features: DealFeatures, _ overall: SegmentRate, _ ledger: inout Baselines,
    to components: inout [RiskComponent], _ flags: inout RiskFlags
  ) {
    let region = features.descriptors.region
    let own = baselines.rate(.region, region, overall: overall, &ledger)
    if own.isBorrowed { flags.insert(.insufficientHistory) }
    guard !own.isBorrowed, own.rate < rules.regionRate else { return }
    components.append(adding(rules.regionPoints, words.region, region, rate: own.rate, deals: own.deals))
  }

  private func adding(
    _ points: Double, _ factor: Symbol, _ value: Symbol?, rate: Double?, deals: Int
  ) -> RiskComponent {
    RiskComponent(factor: factor, value: value, winRate: rate, deals: deals, weight: 1, contribution: points)
  }
}
