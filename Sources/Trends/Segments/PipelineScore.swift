import Deals

/// What the open pipeline needs of a score: without components, reasons and actions, as a whole history of them may wait.
public struct PipelineScore: Hashable, Sendable {
  /// Which deal.
  public var dealID: DealID
  /// When the deal was scored, in its life.
  public var occurredAt: Timestamp
  /// Why.
  public var trigger: RiskTrigger
  /// How urgent.
  public var tier: RiskTier
  /// The deal's stage.
  public var stage: Stage
  /// What a reader of the score should know of it.
  public var flags: RiskFlags
  /// The amount in the base currency, nil where unknown.
  public var amount: Money?
  /// Rep, industry, region, product and lead source.
  public var descriptors: Descriptors
  /// The day on which the deal was created.
  public var createdOn: Day

  /// That part of a score.
  public init(_ event: RiskEvent) {
    dealID = event.dealID
    occurredAt = event.occurredAt
    trigger = event.trigger
    tier = event.tier
    stage = event.stage
    flags = event.flags
    amount = event.amount
    descriptors = event.descriptors
    createdOn = event.occurredAt.adding(days: -event.ageDays).day
  }
}
