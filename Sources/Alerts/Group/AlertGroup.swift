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
  /// What was last said of each alert.
  public var said: [Fingerprint: Said] = [:]
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

  /// What was said of an alert in a group.
  public struct Said: Codable, Hashable, Sendable {
    /// The revision that was last said.
    public var revision: Int
    /// When it was last said, by news or a reminder.
    public var at: Timestamp
    /// Since when whoever heard of it last has had the time to answer: a reminder does not begin it anew.
    public var askedAt: Timestamp
    /// How many people above the recipient were asked since its last news.
    public var escalations = 0
  }

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
    alerts.values.contains(where: isNews)
  }

  /// Whether an alert of it says something that was not said yet.
  func isNews(_ alert: Alert) -> Bool {
    let word = said[alert.fingerprint]
    return alert.isResolved ? word != nil : word?.revision != alert.revision
  }

  /// Notes that an alert was said as it stands, for the first time or again.
  mutating func note(_ alert: Alert, saidAt now: Timestamp, by purpose: MessagePurpose) {
    let before = said[alert.fingerprint]
    var word = Said(revision: alert.revision, at: now, askedAt: now)
    switch purpose {
    case .escalation: word.escalations = (before?.escalations ?? 0) + 1
    case .reminder:
      word.escalations = before?.escalations ?? 0
      word.askedAt = before?.askedAt ?? now
    default: break
    }
    said[alert.fingerprint] = word
  }

  /// Looks at the group at a moment, or earlier where that was agreed before.
  mutating func wake(at moment: Timestamp) {
    dueAt = dueAt.map { min($0, moment) } ?? moment
  }
}
