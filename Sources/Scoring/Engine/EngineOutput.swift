import Deals

/// What steps of the engine ask to be published, in order.
public struct EngineOutput: Sendable {
  /// Scores.
  public var risks: [RiskEvent] = []
  /// Ledger entries.
  public var entries: [LedgerEntry] = []

  /// Nothing.
  public init() {}

  /// Forgets everything and keeps the memory for the next steps.
  public mutating func removeAll() {
    risks.removeAll(keepingCapacity: true)
    entries.removeAll(keepingCapacity: true)
  }
}

/// What the engine has seen, for metrics.
public struct EngineCounters: Hashable, Sendable {
  /// Changes that were applied.
  public var applied = 0
  /// Changes at or below the position, dropped.
  public var skipped = 0
  /// Changes with an id that the deal has just had, dropped.
  public var duplicates = 0
  /// Changes older than the deal's last one, left out.
  public var late = 0
  /// Deletions of deals that are not known.
  public var unknownDeletions = 0
  /// Moves backwards in the funnel.
  public var regressions = 0
  /// Scores by trigger.
  public var scored: [RiskTrigger: Int] = [:]

  /// All zero.
  public init() {}
}
