/// Where a deal stands: open without an outcome, or closed with one. Nothing in between can be written.
public enum DealStatus: Hashable, Sendable {
  /// Still being worked on.
  case open
  /// Won at that instant.
  case won(at: Timestamp)
  /// Lost at that instant, for a reason where the CRM gives one.
  case lost(at: Timestamp, reason: Symbol?)

  /// The outcome, nil while open.
  public var outcome: Outcome? {
    switch self {
    case .open: nil
    case .won: .won
    case .lost: .lost
    }
  }

  /// When the deal closed, nil while open.
  public var closedAt: Timestamp? {
    switch self {
    case .open: nil
    case .won(let instant), .lost(let instant, _): instant
    }
  }

  /// Why the deal was lost, where it was and the CRM says so.
  public var lossReason: Symbol? {
    if case .lost(_, let reason) = self { return reason }
    return nil
  }
}

/// Signals of contact between seller and buyer, as the CRM counts them.
public struct Engagement: Hashable, Sendable {
  /// The last contact in either direction.
  public var lastContactAt: Timestamp?
  /// Emails in the last 30 days.
  public var emails30Days: Int32?
  /// Meetings in the last 30 days.
  public var meetings30Days: Int32?
  /// People on the buyer's side who are involved.
  public var stakeholders: Int32?

  /// Signals, each nil where the CRM does not say.
  public init(
    lastContactAt: Timestamp? = nil, emails30Days: Int32? = nil, meetings30Days: Int32? = nil,
    stakeholders: Int32? = nil
  ) {
    self.lastContactAt = lastContactAt
    self.emails30Days = emails30Days
    self.meetings30Days = meetings30Days
    self.stakeholders = stakeholders
  }
}

/// A deal, whole, as the CRM has it.
public struct Deal: Hashable, Sendable {
  /// When the CRM first had the deal.
  public var createdAt: Timestamp
  /// Where in the funnel it is, or was when it closed.
  public var stage: Stage
  /// What it is worth, nil where the CRM does not say.
  public var amount: Amount?
  /// Rep, industry, region, product and lead source.
  public var descriptors: Descriptors
  /// When the rep expects it to close.
  public var expectedCloseAt: Timestamp?
  /// Open, won or lost.
  public var status: DealStatus
  /// Contact signals, nil where the CRM has none.
  public var engagement: Engagement?

  /// A deal.
  public init(
    createdAt: Timestamp, stage: Stage, amount: Amount? = nil, descriptors: Descriptors = Descriptors(),
    expectedCloseAt: Timestamp? = nil, status: DealStatus = .open, engagement: Engagement? = nil
  ) {
    self.createdAt = createdAt
    self.stage = stage
    self.amount = amount
    self.descriptors = descriptors
    self.expectedCloseAt = expectedCloseAt
    self.status = status
    self.engagement = engagement
  }
}
