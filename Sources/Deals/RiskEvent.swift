/// Why a deal was scored.
public enum RiskTrigger: UInt8, CaseIterable, Sendable, Hashable {
  /// The deal is new.
  case created
  /// It moved in the funnel.
  case stageChange
  /// It has stood in its stage for a configured number of days.
  case ageing
  /// A closed deal is open again.
  case reopened

  /// The name on the wire.
  public var name: String {
    switch self {
    case .created: "created"
    case .stageChange: "stage_change"
    case .ageing: "ageing"
    case .reopened: "reopened"
    }
  }
}

/// Whether a score belongs to a history that is being worked through, or to the present. Backfill never alerts.
public enum ProcessingMode: UInt8, CaseIterable, Sendable, Hashable {
  /// The present.
  case live
  /// History.
  case backfill

  /// The name on the wire.
  public var name: String { self == .live ? "live" : "backfill" }
}

/// What a reader of a score should know of it.
public struct RiskFlags: OptionSet, Hashable, Sendable {
  /// The bits, in the order of `names`.
  public let rawValue: UInt8
  /// A set of flags by its bits.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The deal has stood in its stage past the first ageing threshold.
  public static let stale = RiskFlags(rawValue: 1 << 0)
  /// The deal has moved backwards in the funnel at least once.
  public static let regressed = RiskFlags(rawValue: 1 << 1)
  /// A segment of the deal had too few outcomes, so that a wider rate stands in.
  public static let insufficientHistory = RiskFlags(rawValue: 1 << 2)
  /// More than three describing fields are missing.
  public static let missingFields = RiskFlags(rawValue: 1 << 3)
  /// A change older than the deal's last one has been seen and left out.
  public static let late = RiskFlags(rawValue: 1 << 4)
  /// The amount is in a currency that the configuration does not know, and counts as none.
  public static let unknownCurrency = RiskFlags(rawValue: 1 << 5)

  /// Each flag's name on the wire, by bit.
  public static let names = [
    "stale", "regressed", "insufficient_history", "missing_fields", "late", "unknown_currency",
  ]
}

/// One additive part of a score.
public struct RiskComponent: Hashable, Sendable {
  /// What it looks at, such as `rep` or `cycle_bucket`.
  public var factor: Symbol
  /// The deal's value of it, such as `rep_22`; nil where the deal has none.
  public var value: Symbol?
  /// The win rate that was used, 0 to 1; nil where the factor uses none.
  public var winRate: Double?
  /// Closed deals behind the rate.
  public var deals: Int
  /// The factor's weight in the model.
  public var weight: Double
  /// Points it adds to the score.
  public var contribution: Double

  /// A component.
  public init(
    factor: Symbol, value: Symbol?, winRate: Double?, deals: Int, weight: Double, contribution: Double
  ) {
    self.factor = factor
    self.value = value
    self.winRate = winRate
    self.deals = deals
    self.weight = weight
    self.contribution = contribution
  }
}

/// Something to do about a deal.
public struct RecommendedAction: Hashable, Sendable {
  /// The playbook's name for it, such as `executive_sponsor_call`.
  public var id: Symbol
  /// What to do, in words.
  public var text: String

  /// An action.
  public init(id: Symbol, text: String) {
    self.id = id
    self.text = text
  }
}

/// One record of `deals.risk`: a score with all that is needed to read it, act on it and derive it again.
public struct RiskEvent: Hashable, Sendable {
  /// Derived from the deal, the source position and the trigger, so that a repeat has the same id.
  public var eventID: EventID
  /// Which deal.
  public var dealID: DealID
  /// Why it was scored.
  public var trigger: RiskTrigger
  /// 0 to 100, higher is riskier.
  public var score: RiskScore
  /// The model's chance that the deal is won.
  public var winProbability: Probability
  /// How urgent.
  public var tier: RiskTier
  /// Per cent of the scores of deals closed in the last 90 days that are lower; nil while there are none.
  public var percentile: Double?
  /// The deal's score before this one.
  public var previousScore: RiskScore?
  /// The deal's tier before this one.
  public var previousTier: RiskTier?
  /// What the score is made of; the contributions add up to it (before rounding and the cap at 100).
  public var components: [RiskComponent]
  /// The strongest reasons in words, strongest first.
  public var reasons: [RiskReason]
  /// What to do, most specific first.
  public var actions: [RecommendedAction]
  /// What a reader should know.
  public var flags: RiskFlags
  /// The amount in the base currency, nil where unknown.
  public var amount: Money?
  /// Rep, industry, region, product and lead source.
  public var descriptors: Descriptors
  /// The stage of the deal when it was scored.
  public var stage: Stage
  /// Whole days since the deal was created.
  public var ageDays: Int
  /// Whole days since it entered its stage.
  public var daysInStage: Int
  /// When the rep expects it to close.
  public var expectedCloseAt: Timestamp?
  /// The model that gave the score.
  public var model: Symbol
  /// The hash of the configuration that the score depends on.
  public var configurationHash: Symbol
  /// The change after which the deal was scored.
  public var source: SourcePosition
  /// The next offset of `deals.outcomes` to be read when the deal was scored: the entries below it are the baselines.
  public var baselineOffset: Int64
  /// The instant in the deal's life at which it was scored.
  public var occurredAt: Timestamp
  /// When the scorer did so, by its clock.
  public var scoredAt: Timestamp
  /// Live or backfill.
  public var mode: ProcessingMode

  /// A risk event.
  public init(
    eventID: EventID, dealID: DealID, trigger: RiskTrigger, score: RiskScore, winProbability: Probability,
    tier: RiskTier, percentile: Double?, previousScore: RiskScore?, previousTier: RiskTier?,
    components: [RiskComponent], reasons: [RiskReason], actions: [RecommendedAction], flags: RiskFlags, amount: Money?,
    descriptors: Descriptors, stage: Stage, ageDays: Int, daysInStage: Int, expectedCloseAt: Timestamp?,
    model: Symbol, configurationHash: Symbol, source: SourcePosition, baselineOffset: Int64, occurredAt: Timestamp,
    scoredAt: Timestamp, mode: ProcessingMode
  ) {
    self.eventID = eventID
    self.dealID = dealID
    self.trigger = trigger
    self.score = score
    self.winProbability = winProbability
    self.tier = tier
    self.percentile = percentile
    self.previousScore = previousScore
    self.previousTier = previousTier
    self.components = components
    self.reasons = reasons
    self.actions = actions
    self.flags = flags
    self.amount = amount
    self.descriptors = descriptors
    self.stage = stage
    self.ageDays = ageDays
    self.daysInStage = daysInStage
    self.expectedCloseAt = expectedCloseAt
    self.model = model
    self.configurationHash = configurationHash
    self.source = source
    self.baselineOffset = baselineOffset
    self.occurredAt = occurredAt
    self.scoredAt = scoredAt
    self.mode = mode
  }
}
