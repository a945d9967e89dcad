/// What the scorer keeps of a deal: the value of a record of `deals.state`.
public struct DealState: Hashable, Sendable {
  /// The deal's last known form, with its amount in the base currency.
  public var createdAt: Timestamp
  /// Where in the funnel it is.
  public var stage: Stage
  /// When it entered that stage.
  public var stageEnteredAt: Timestamp
  /// The amount in the base currency, nil where unknown.
  public var amount: Money?
  /// Rep, industry, region, product and lead source.
  public var descriptors: Descriptors
  /// When the rep expects it to close.
  public var expectedCloseAt: Timestamp?
  /// Open, won or lost.
  public var status: DealStatus
  /// When its last change happened: older ones are late.
  public var lastChangedAt: Timestamp
  /// The low halves of the ids of the last changes at that instant, newest first, 0 where there are fewer: repeats.
  public var recentEvents: RecentEvents
  /// Ageing thresholds that it has passed in this stage, counted from the first.
  public var agedSteps: UInt8
  /// How often it moved backwards.
  public var regressions: UInt8
  /// What a reader of its next score should know.
  public var flags: RiskFlags
  /// The last score's tier.
  public var tier: RiskTier?
  /// The last score.
  public var prediction: Prediction?
  /// The challenger's last score, where one runs.
  public var challenger: Prediction?
  /// The CRM deleted the deal. The record stays for a while, so that a late or repeated change does not bring it back.
  public var isDeleted: Bool

  /// A deal's state.
  public init(
    createdAt: Timestamp, stage: Stage, stageEnteredAt: Timestamp, amount: Money?, descriptors: Descriptors,
    expectedCloseAt: Timestamp?, status: DealStatus, lastChangedAt: Timestamp, recentEvents: RecentEvents,
    agedSteps: UInt8 = 0, regressions: UInt8 = 0, flags: RiskFlags = [], tier: RiskTier? = nil,
    prediction: Prediction? = nil, challenger: Prediction? = nil, isDeleted: Bool = false
  ) {
    self.createdAt = createdAt
    self.stage = stage
    self.stageEnteredAt = stageEnteredAt
    self.amount = amount
    self.descriptors = descriptors
    self.expectedCloseAt = expectedCloseAt
    self.status = status
    self.lastChangedAt = lastChangedAt
    self.recentEvents = recentEvents
    self.agedSteps = agedSteps
    self.regressions = regressions
    self.flags = flags
    self.tier = tier
    self.prediction = prediction
    self.challenger = challenger
    self.isDeleted = isDeleted
  }
}

/// The last four event ids at one instant, by 32 bits each: enough to know a repeat without keeping every id.
public struct RecentEvents: Hashable, Sendable {
  /// The marks, newest in the lowest 32 bits of `first`.
  public private(set) var first: UInt64
  /// The older two.
  public private(set) var second: UInt64

  /// No events, or those of a record.
  public init(first: UInt64 = 0, second: UInt64 = 0) {
    self.first = first
    self.second = second
  }

  /// Whether the event is among the last four (wrongly so for one in a thousand million).
  public func contains(_ id: EventID) -> Bool {
    let mark = Self.mark(of: id)
    return first & 0xFFFF_FFFF == mark || first >> 32 == mark || second & 0xFFFF_FFFF == mark || second >> 32 == mark
  }

  /// Takes in an event; the oldest of four falls out.
  public mutating func insert(_ id: EventID) {
    second = second << 32 | first >> 32
    first = first << 32 | Self.mark(of: id)
  }

  /// Never 0, which means an empty place.
  private static func mark(of id: EventID) -> UInt64 {
    max(1, (id.low ^ id.high) & 0xFFFF_FFFF)
  }
}

/// The other kind of record in `deals.state`: how far the twin partition of `deals.changes` has been processed.
public struct ChangelogPosition: Hashable, Sendable {
  /// The next offset of `deals.changes` to process.
  public var nextOffset: Int64
  /// The highest event time seen in the partition.
  public var streamTime: Timestamp?
  /// The partition has once seen a change of the present: from then on the wall clock drives its due dates.
  public var isLive: Bool

  /// A position.
  public init(nextOffset: Int64, streamTime: Timestamp?, isLive: Bool = false) {
    self.nextOffset = nextOffset
    self.streamTime = streamTime
    self.isLive = isLive
  }

  /// The key of the record. No deal id begins with `#`.
  public static let key = "#position"
}
