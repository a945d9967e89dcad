import Deals
import Scoring

/// A deal of a history with the score that it has at its last moment.
public struct ScoredDeal: Sendable {
  /// Which deal.
  public var id: DealID
  /// What it is worth in the base currency, nil where unknown.
  public var amount: Money?
  /// Won or lost, nil while open.
  public var outcome: Outcome?
  /// When it was created.
  public var createdAt: Timestamp
  /// When it closed, nil while open.
  public var closedAt: Timestamp?
  /// What the model saw.
  public var features: DealFeatures
  /// What the model said.
  public var assessment: Assessment
  /// The model.
  public var model: Symbol
  /// The instant for which it was scored.
  public var scoredAt: Timestamp
}
