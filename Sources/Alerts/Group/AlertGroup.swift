import Deals

/// Alerts of one route that share a message: same receiver, same recipient, same values of the fields grouped by.
public struct AlertGroup: Codable, Hashable, Sendable {
  /// Route, recipient and labels in one text.
  public var key: String
  /// The route.
  public var routeID: String
  /// The receiver's name.
  public var receiver: String
  /// The recipient's id, nil for a channel.
  public var recipientID: String?
  /// The values grouped by, such as `industry=EdTech`.
  public var labels: [String]
  /// What is open, or over and not yet said.
  public var alerts: [Fingerprint: Alert] = [:]
  /// The revision of each alert that was last said.
  public var said: [Fingerprint: Int] = [:]
  /// When the group is looked at next; nil while there is nothing to wait for.
  public var dueAt: Timestamp?
  /// When its last message was made.
  public var lastSentAt: Timestamp?
  /// Whether a mute interval held news back.
  public var isMuted = false
  /// Reasons for which alerts were left out last time, so that each is told once.
  public var heldBack: [Fingerprint: DecisionReason] = [:]
  /// How many messages the group has made, part of their identity.
  public var messages = 0
  /// Whether it was passed on to the person above.
  public var isEscalated = false

  /// A group that a store or another router tells of. Its receiver is the one that the route has now: the other may be gone.
  init(_ place: AlertState.Place, _ route: Route?) {
    key = place.groupKey
    routeID = place.routeID
    receiver = route?.receiver ?? place.receiver
    recipientID = place.recipientID
    labels = place.labels
  }

  init(key: String, route: Route, recipientID: String?, labels: [String]) {
    self.key = key
    self.routeID = route.id
    self.receiver = route.receiver
    self.recipientID = recipientID
    self.labels = labels
  }

  /// Whether there is anything in it that was not said yet.
  public var hasNews: Bool {
    alerts.values.contains { $0.isResolved ? said[$0.fingerprint] != nil : said[$0.fingerprint] != $0.revision }
  }

  /// Looks at the group at a moment, or earlier where that was agreed before.
  mutating func wake(at moment: Timestamp) {
    dueAt = dueAt.map { min($0, moment) } ?? moment
  }
}
