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
      said = group.said[fingerprint]
      lastSentAt = group.lastSentAt
      messages = group.messages
      isMuted = group.isMuted
      isEscalated = group.isEscalated
      heldBack = group.heldBack[fingerprint]
    }
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
