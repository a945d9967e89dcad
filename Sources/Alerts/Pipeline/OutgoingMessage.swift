import Deals

/// What a message is for.
public enum MessagePurpose: String, Codable, CaseIterable, Hashable, Sendable {
  /// Something is new or worse.
  case alert
  /// Something is over.
  case resolved
  /// Something is still open.
  case reminder
  /// Nobody acknowledged.
  case escalation
  /// What is still open after a mute interval.
  case afterMute = "after_mute"
  /// What came while the router was away.
  case backlog
  /// Too much at once.
  case storm
  /// The day's digest.
  case daily
  /// The week's digest.
  case weekly
  /// The month's scorecard.
  case monthly
}

/// A message to be rendered and delivered.
public struct OutgoingMessage: Codable, Hashable, Sendable {
  /// The idempotency key: the same message has the same id, whoever makes it again.
  public var id: String
  /// What it is for.
  public var purpose: MessagePurpose
  /// The receiver's name.
  public var receiver: String
  /// The person, nil for a channel.
  public var recipient: Person?
  /// The group it comes from, for updates in place; nil for digests.
  public var groupKey: String?
  /// The values that its alerts share.
  public var labels: [String] = []
  /// What is open, most dollars first.
  public var alerts: [Alert] = []
  /// Open alerts that are left out because there are too many, and the dollars in them.
  public var omitted = 0
  /// See `omitted`.
  public var omittedDollars = Money.zero
  /// Alerts of the group that were said before, are open and say nothing new; nil where there are none, and in messages that
  /// are about all that is open.
  public var standing: Int?
  /// The dollars in them.
  public var standingDollars: Money?
  /// What is over.
  public var resolved: [Alert] = []
  /// What reports say, in a digest.
  public var reports: [ReportNote]?
  /// The period of a digest, such as 2026-W47.
  public var period: String?
  /// When it was made.
  public var madeAt: Timestamp

  /// A message; what it holds is set afterwards.
  public init(id: String, purpose: MessagePurpose, receiver: String, recipient: Person?, madeAt: Timestamp) {
    self.id = id
    self.purpose = purpose
    self.receiver = receiver
    self.recipient = recipient
    self.madeAt = madeAt
  }

  /// The dollars at stake in what is open.
  public var dollars: Money { alerts.dollars + omittedDollars }

  /// How many alerts are open.
  public var alertCount: Int { alerts.count + omitted }

  /// No message holds more alerts; the rest is counted.
  public static let maximumAlerts = 500

  /// Takes in open alerts, most dollars first, as many as fit.
  mutating func hold(_ sorted: [Alert]) {
    alerts = Array(sorted.prefix(Self.maximumAlerts))
    omitted = sorted.count - alerts.count
    omittedDollars = sorted.dropFirst(Self.maximumAlerts).dollars
  }

  /// Whether it may stand where another stood: it says of all that the other showed that it is over.
  public func mayReplace(_ shown: OutgoingMessage) -> Bool {
    guard purpose == .resolved, shown.omitted == 0 else { return false }
    return Set((shown.alerts + shown.resolved).map(\.fingerprint)).isSubset(of: resolved.map(\.fingerprint))
  }

  /// The id of a message from what makes it up.
  static func identity(_ parts: [String]) -> String {
    var hash = IdentityHash()
    for part in parts { hash.combine(part) }
    return hash.finish().description
  }
}
