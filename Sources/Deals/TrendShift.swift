/// One record of `deals.trends`: news of a shift, which keeps its identity from the day it is opened to its end.
public struct TrendShift: Hashable, Sendable {
  /// What has shifted.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// A segment's win rate. `before` and `after` are shares, 0 to 1.
    case winRate = "win_rate"
    /// Losses in a row. `before` is the segment's win rate, `after` the number of losses.
    case losingStreak = "losing_streak"
    /// Wins in a row. `before` is the segment's win rate, `after` the number of wins.
    case winningStreak = "winning_streak"
    /// Dollars for each day of the cycle, below the floor for as long as is configured. `before` is the floor.
    case lowVelocity = "low_velocity"
    /// Mean days from creation to close.
    case longerCycle = "longer_cycle"
    /// Deals that became High or Critical in a day, beside the daily mean of the eight weeks before.
    case riskVolume = "risk_volume"
    /// Share of a rep's deals that moved in the last quarter and went backwards, beside the team's.
    case regressions
    /// Share of a lead source's new deals that miss more than three fields, beside all others'.
    case missingFields = "missing_fields"
    /// No change has come for hours of business. `before` is the allowance in hours, `after` the hours since the last one.
    case dataUnavailable = "data_unavailable"
  }

  /// Where a shift is in its life.
  public enum Phase: String, CaseIterable, Hashable, Sendable {
    /// It was found.
    case opened
    /// It goes on; the figures are newer.
    case updated
    /// It is over.
    case resolved
  }

  /// How it was found.
  public enum Detector: String, CaseIterable, Hashable, Sendable {
    /// The reference's rule: a difference of so many points.
    case plain
    /// Evidence that grows with every deal, with bounded false alarms.
    case sequential
  }

  /// The record's identity: a repeat bears the same.
  public var eventID: EventID
  /// The shift's identity, the same from opened to resolved.
  public var shiftID: EventID
  /// What has shifted.
  public var kind: Kind
  /// Where it is in its life.
  public var phase: Phase
  /// How it was found.
  public var detector: Detector
  /// The segment, such as `industry=EdTech and lead_source=Partner`; `team` for everything.
  public var segment: String
  /// In one sentence.
  public var title: String
  /// The figure before, and since; see `kind`.
  public var before: Double
  /// The figure since; of a shift that is over, while it lasted.
  public var after: Double
  /// Deals behind the figure before.
  public var dealsBefore: Int
  /// Deals behind the figure since.
  public var dealsAfter: Int
  /// How strong the evidence was at the opening: the e-value of the detector, which must pass `evidenceNeeded`; nil of rules without one.
  public var evidence: Double?
  /// What the evidence had to reach then: the mean number of deals between two false alarms, over all segments.
  public var evidenceNeeded: Double?
  /// When the change began, as estimated.
  public var beganAt: Timestamp
  /// The earliest and latest likely beginning (95% of the evidence).
  public var beganBetween: ClosedRange<Timestamp>
  /// When it was first told, in event time.
  public var openedAt: Timestamp
  /// The event time of this record.
  public var occurredAt: Timestamp
  /// Open deals in the segment; nil while nobody has counted.
  public var openDeals: Int?
  /// Dollars in them.
  public var openAmount: Money?
  /// The part of the segment that contributes most, in words.
  public var driver: String?
  /// What to do, in words.
  public var action: String?
  /// The next offset of the ledger when it was told: what is below is what was known.
  public var ledgerOffset: Int64
  /// Live or backfill.
  public var mode: ProcessingMode

  /// News of a shift. Identities follow from the segment, the kind, the beginning and the phase.
  public init(
    kind: Kind, phase: Phase, detector: Detector, segment: String, title: String, before: Double, after: Double,
    dealsBefore: Int, dealsAfter: Int, evidence: Double? = nil, evidenceNeeded: Double? = nil, beganAt: Timestamp,
    beganBetween: ClosedRange<Timestamp>? = nil, openedAt: Timestamp, occurredAt: Timestamp, openDeals: Int? = nil,
    openAmount: Money? = nil, driver: String? = nil, action: String? = nil, ledgerOffset: Int64,
    mode: ProcessingMode = .backfill
  ) {
    var hash = IdentityHash()
    hash.combine("shift")
    hash.combine(kind.rawValue)
    hash.combine(segment)
    hash.combine(UInt64(bitPattern: openedAt.milliseconds))
    shiftID = hash.finish()
    hash.combine(phase.rawValue)
    hash.combine(UInt64(bitPattern: occurredAt.milliseconds))
    eventID = hash.finish()
    self.kind = kind
    self.phase = phase
    self.detector = detector
    self.segment = segment
    self.title = title
    self.before = before
    self.after = after
    self.dealsBefore = dealsBefore
    self.dealsAfter = dealsAfter
    self.evidence = evidence
    self.evidenceNeeded = evidenceNeeded
    self.beganAt = beganAt
    self.beganBetween = beganBetween ?? beganAt...beganAt
    self.openedAt = openedAt
    self.occurredAt = occurredAt
    self.openDeals = openDeals
    self.openAmount = openAmount
    self.driver = driver
    self.action = action
    self.ledgerOffset = ledgerOffset
    self.mode = mode
  }
}
