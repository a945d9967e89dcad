import Deals

/// All that a router knows of one alert: what is so, and what was said to whom. With it another router goes on with the
/// alert as if it had been its own.
public struct AlertState: Codable, Hashable, Sendable {
  /// An alert's place in a group of a route.
  public struct Place: Codable, Hashable, Sendable {
    var groupKey: String
    var routeID: String
    var receiver: String
    var recipientID: String?
    var labels: [String]
    /// The revision that was last said, nil where none was.
    var said: Int?
    /// When; nil where an older router wrote this.
    var saidAt: Timestamp?
    /// Since when there has been time to answer; nil where an older router wrote this.
    var askedAt: Timestamp?
    /// How many people above were asked; nil where an older router wrote this.
    var escalations: Int?
    /// Why the alert is over here though it is open: it went to another group. Nil where it did not.
    var handedOn: String?
    var lastSentAt: Timestamp?
    var messages: Int
    var isMuted: Bool
    var isEscalated: Bool
    /// Why it was left out last time.
    var heldBack: DecisionReason?

    init(_ group: AlertGroup, _ fingerprint: Fingerprint) {
      groupKey = group.key
      routeID = group.routeID
      receiver = group.receiver
      recipientID = group.recipientID
      labels = group.labels
      let word = group.said[fingerprint]
      said = word?.revision
      saidAt = word?.at
      askedAt = word?.askedAt
      escalations = word?.escalations
      handedOn = group.alerts[fingerprint].flatMap { $0.isHandedOn == true ? $0.news : nil }
      lastSentAt = group.lastSentAt
      messages = group.messages
      isMuted = group.isMuted
      isEscalated = (word?.escalations ?? 0) > 0
      heldBack = group.heldBack[fingerprint]
    }

    /// What was said of the alert here, nil where nothing was.
    var word: AlertGroup.Said? {
      guard let said else { return nil }
      let at = saidAt ?? lastSentAt ?? Timestamp(milliseconds: 0)
      return AlertGroup.Said(
        revision: said, at: at, askedAt: askedAt ?? at, escalations: escalations ?? (isEscalated ? 1 : 0))
    }

    /// The alert as this place has it.
    func copy(of alert: Alert) -> Alert { handedOn.map { alert.handedOn($0) } ?? alert }
  }

  /// Whose it is; nil once nothing is open or left to say.
  public var origin: Origin?
  /// What the deduplicator remembers.
  public var memory: AlertMemory?
  /// The alert; over and not yet said where it is resolved; nil once that was said.
  public var alert: Alert?
  /// Where it stands.
  public var places: [Place] = []
  /// Who has seen it.
  public var acknowledgement: Acknowledgement?

  /// The alert where it is open.
  public var openAlert: Alert? { alert.flatMap { $0.isResolved ? nil : $0 } }
}
