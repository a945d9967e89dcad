/// What kind of change a CRM reports.
public enum ChangeKind: UInt8, CaseIterable, Sendable, Hashable {
  /// The deal is new.
  case created
  /// It moved in the funnel.
  case stageChanged
  /// Another field changed.
  case updated
  /// Seller and buyer were in contact.
  case engagement
  /// It was won or lost.
  case closed
  /// A closed deal is open again.
  case reopened
  /// The CRM no longer has it.
  case deleted

  /// The name on the wire.
  public var name: String {
    switch self {
    case .created: "created"
    case .stageChanged: "stage_changed"
    case .updated: "updated"
    case .engagement: "engagement"
    case .closed: "closed"
    case .reopened: "reopened"
    case .deleted: "deleted"
    }
  }

  /// The kind of a name on the wire, else nil.
  public init?(name: String) {
    // A switch, because a list of all cases would be made anew for every change that is read.
    switch name {
    case "created": self = .created
    case "stage_changed": self = .stageChanged
    case "updated": self = .updated
    case "engagement": self = .engagement
    case "closed": self = .closed
    case "reopened": self = .reopened
    case "deleted": self = .deleted
    default: return nil
    }
  }
}

/// One record of `deals.changes`: the deal after a change, whole.
public struct DealChange: Hashable, Sendable {
  /// The event's identity; a repeat bears the same.
  public var eventID: EventID
  /// Which deal.
  public var dealID: DealID
  /// What kind of change.
  public var kind: ChangeKind
  /// When it happened in the CRM.
  public var occurredAt: Timestamp
  /// The stage before, where the CRM says so.
  public var previousStage: Stage?
  /// Whether a connector laid the event out by itself (a stage path), instead of reading it from the CRM.
  public var isSynthetic: Bool
  /// The deal after the change; of a deleted deal, its last state.
  public var deal: Deal

  /// A change.
  public init(
    eventID: EventID, dealID: DealID, kind: ChangeKind, occurredAt: Timestamp, previousStage: Stage? = nil,
    isSynthetic: Bool = false, deal: Deal
  ) {
    self.eventID = eventID
    self.dealID = dealID
    self.kind = kind
    self.occurredAt = occurredAt
    self.previousStage = previousStage
    self.isSynthetic = isSynthetic
    self.deal = deal
  }
}

/// Where a change stands in `deals.changes`.
public struct SourcePosition: Hashable, Sendable {
  /// The partition.
  public var partition: Int32
  /// The offset in it.
  public var offset: Int64

  /// A partition and an offset in it.
  public init(partition: Int32, offset: Int64) {
    self.partition = partition
    self.offset = offset
  }
}
