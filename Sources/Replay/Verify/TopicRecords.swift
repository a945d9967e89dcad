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
  /// The value as it stands there, where it is other than the bytes that we write for `event`; nil where it is just these.
  public var asWritten: [UInt8]?
  /// What stands around the value and does not belong to the score: its key, its header `ce_id`, its partition.
  public var strays: [String] = []

  /// A record as we write it.
  public init(position: SourcePosition, event: RiskEvent?) {
    self.position = position
    self.event = event
  }

  /// Whether only the score has to be looked at.
  var isAsOurs: Bool { asWritten == nil && strays.isEmpty }
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
