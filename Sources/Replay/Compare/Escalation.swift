import Deals

/// A published score that rose into a tier: what an alert would be made of.
public struct Escalation: Hashable, Sendable {
  /// Which deal.
  public var dealID: DealID
  /// When, in the deal's life.
  public var instant: Timestamp
  /// The tier it rose to.
  public var tier: RiskTier
  /// The tier before; nil for the deal's first score.
  public var previousTier: RiskTier?
  /// What the deal is worth.
  public var amount: Money?

  init?(_ event: RiskEvent) {
    guard event.tier > (event.previousTier ?? .low) else { return nil }
    dealID = event.dealID
    instant = event.occurredAt
    tier = event.tier
    previousTier = event.previousTier
    amount = event.amount
  }
}
