import Deals

/// One record of a simulated `deals.changes`.
public struct SimulatedEvent: Sendable {
  /// What the record holds.
  public enum Content: Sendable {
    /// A change.
    case change(DealChange)
    /// Bytes that are none, under a deal's key.
    case malformed([UInt8], key: String)
  }

  /// What the record holds.
  public var content: Content
  /// The record's time.
  public var time: Timestamp
  /// It comes behind newer changes.
  public var isLate = false
  /// It has come before.
  public var isDuplicate = false

  /// A record.
  public init(content: Content, time: Timestamp, isLate: Bool = false, isDuplicate: Bool = false) {
    self.content = content
    self.time = time
    self.isLate = isLate
    self.isDuplicate = isDuplicate
  }
}

/// What was true of a simulated deal that closed.
public struct SimulatedTruth: Hashable, Sendable {
  /// The deal.
  public var dealID: DealID
  /// When it closed.
  public var closedAt: Timestamp
  /// Its true chance to be won.
  public var winProbability: Double
  /// What came of it.
  public var outcome: Outcome
}
