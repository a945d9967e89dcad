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
  public var scored = TriggerCounts()

  /// All zero.
  public init() {}
}

/// A number for each trigger: plain memory, because it is counted and compared with every change.
public struct TriggerCounts: Hashable, Sendable {
  private var created = 0
  private var stageChange = 0
  private var ageing = 0
  private var reopened = 0

  /// All zero.
  public init() {}

  /// The number for a trigger.
  public subscript(trigger: RiskTrigger) -> Int {
    get {
      switch trigger {
      case .created: created
      case .stageChange: stageChange
      case .ageing: ageing
      case .reopened: reopened
      }
    }
    set {
      switch trigger {
      case .created: created = newValue
      case .stageChange: stageChange = newValue
      case .ageing: ageing = newValue
      case .reopened: reopened = newValue
      }
    }
  }
}
