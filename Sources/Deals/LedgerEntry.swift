/// A score that was published for a deal before its outcome was known.
public struct Prediction: Hashable, Sendable {
  /// The model.
  public var model: Symbol
  /// Its chance that the deal is won.
  public var winProbability: Probability
  /// The score.
  public var score: RiskScore
  /// The instant in the deal's life at which it was scored.
  public var scoredAt: Timestamp
  /// The baselines it was scored with.
  public var baselineOffset: Int64

  /// A prediction.
  public init(
    model: Symbol, winProbability: Probability, score: RiskScore, scoredAt: Timestamp, baselineOffset: Int64
  ) {
    self.model = model
    self.winProbability = winProbability
    self.score = score
    self.scoredAt = scoredAt
    self.baselineOffset = baselineOffset
  }
}

/// A closed deal as the ledger counts it: all the dimensions that baselines and trends need.
public struct ClosedDeal: Hashable, Sendable {
  /// Won or lost.
  public var outcome: Outcome
  /// When it closed.
  public var closedAt: Timestamp
  /// When it was created.
  public var createdAt: Timestamp
  /// The stage it reached.
  public var stage: Stage
  /// The amount in the base currency, nil where unknown.
  public var amount: Money?
  /// Rep, industry, region, product and lead source.
  public var descriptors: Descriptors
  /// Why it was lost, where known.
  public var lossReason: Symbol?
  /// The last score of each model before the outcome was known, champion first.
  public var predictions: Predictions

  /// A closed deal.
  public init(
    outcome: Outcome, closedAt: Timestamp, createdAt: Timestamp, stage: Stage, amount: Money?,
    descriptors: Descriptors, lossReason: Symbol? = nil, predictions: Predictions = []
  ) {
    self.outcome = outcome
    self.closedAt = closedAt
    self.createdAt = createdAt
    self.stage = stage
    self.amount = amount
    self.descriptors = descriptors
    self.lossReason = lossReason
    self.predictions = predictions
  }

  /// Whole days from creation to close, at least 0.
  public var cycleDays: Int { max(0, closedAt.days(since: createdAt)) }
}

/// One record of `deals.outcomes`: what one change adds to the outcomes, what it takes back, or both.
public struct LedgerEntry: Hashable, Sendable {
  /// The change that caused the entry: a reader drops an entry whose source it has seen.
  public var source: SourcePosition
  /// Which deal.
  public var dealID: DealID
  /// When the change happened.
  public var occurredAt: Timestamp
  /// What the entry does.
  public var content: Content

  /// What an entry does. An entry that does nothing can't be written.
  public enum Content: Hashable, Sendable {
    /// A deal closed: +1.
    case adds(ClosedDeal)
    /// A close was amended: −1, +1.
    indirect case amends(from: ClosedDeal, to: ClosedDeal)
    /// A closed deal was reopened or deleted: −1.
    case retracts(ClosedDeal)
  }

  /// An entry.
  public init(source: SourcePosition, dealID: DealID, occurredAt: Timestamp, content: Content) {
    self.source = source
    self.dealID = dealID
    self.occurredAt = occurredAt
    self.content = content
  }

  /// The closed deal that the entry counts, if any.
  public var added: ClosedDeal? {
    switch content {
    case .adds(let deal), .amends(_, let deal): deal
    case .retracts: nil
    }
  }

  /// The closed deal that the entry takes back, if any.
  public var retracted: ClosedDeal? {
    switch content {
    case .retracts(let deal), .amends(let deal, _): deal
    case .adds: nil
    }
  }
}
