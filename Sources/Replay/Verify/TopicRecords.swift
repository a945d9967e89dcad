import Deals

/// A record of `deals.changes`.
public struct ChangeRecord: Sendable {
  /// Where it stands.
  public var position: SourcePosition
  /// The change, nil where the record holds none that a scorer would use (a tombstone, a dead letter).
  public var change: DealChange?

  /// A record.
  public init(position: SourcePosition, change: DealChange?) {
    self.position = position
    self.change = change
  }
}

/// A record of `deals.outcomes`.
public struct LedgerRecord: Sendable {
  /// Its offset in the one partition.
  public var offset: Int64
  /// The entry, nil where the record can't be read.
  public var entry: LedgerEntry?

  /// A record.
  public init(offset: Int64, entry: LedgerEntry?) {
    self.offset = offset
    self.entry = entry
  }
}

/// A record of `deals.risk`.
public struct RiskRecord: Sendable {
  /// Where it stands in `deals.risk`.
  public var position: SourcePosition
  /// The score, nil where the record can't be read.
  public var event: RiskEvent?

  /// A record.
  public init(position: SourcePosition, event: RiskEvent?) {
    self.position = position
    self.event = event
  }
}

/// What a verification reads: the three topics, each partition in the order of its offsets.
public struct TopicRecords: Sendable {
  /// `deals.changes`, every partition.
  public var changes: [ChangeRecord]
  /// `deals.outcomes`.
  public var ledger: [LedgerRecord]
  /// `deals.risk`, every partition.
  public var risks: [RiskRecord]

  /// Records.
  public init(changes: [ChangeRecord] = [], ledger: [LedgerRecord] = [], risks: [RiskRecord] = []) {
    self.changes = changes
    self.ledger = ledger
    self.risks = risks
  }
}
