import Alerts
import Deals
import Foundation

/// What a webhook is sent.
struct WebhookBody: Encodable {
  struct Item: Encodable {
    var fingerprint: String
    var kind: String
    var subject: String
    var tier: String
    var score: Double?
    var amount: Double?
    var text: String
    var news: String
    var labels: [String: String]
    var opened_at: String
    /// Set among what is resolved where the alert is open, but another group's from now on.
    var handed_on: Bool?
  }
  var id: String
  var purpose: String
  var receiver: String
  var recipient: String?
  var period: String?
  var made_at: String
  var possible_repeat: Bool
  var subject: String
  var text: String
  var alerts: [Item]
  var resolved: [Item]
  var omitted: Int
  /// What else of the group is open, where the message holds its news only.
  var standing: Int?
  var standing_amount: Double?
  /// More are counted, not sent.
  static let maximumItems = 100

  init(_ entry: OutboxEntry, _ rendered: RenderedMessage) {
    let message = entry.message
    id = message.id
    purpose = message.purpose.rawValue
    receiver = message.receiver
    recipient = message.recipient?.id
    period = message.period
    made_at = message.madeAt.description
    possible_repeat = entry.isPossibleRepeat
    subject = rendered.subject
    text = rendered.text
    alerts = message.alerts.prefix(Self.maximumItems).map(Self.item)
    resolved = message.resolved.prefix(Self.maximumItems).map(Self.item)
    standing = message.standing
    standing_amount = message.standingDollars?.units
    omitted = message.alertCount - alerts.count + message.resolved.count - resolved.count
  }

  private static func item(_ alert: Alert) -> Item {
    Item(
      fingerprint: alert.fingerprint.text, kind: alert.source.kind.rawValue, subject: alert.source.subject,
      tier: alert.source.tier.name, score: alert.source.score?.points, amount: alert.source.amount?.units,
      text: PlainLine.of(MessageContext.sentence(alert.source)), news: alert.news, labels: alert.source.labels,
      opened_at: alert.openedAt.description, handed_on: alert.isHandedOn)
  }
}

/// An event of PagerDuty's Events API v2.
struct PagerDutyEvent: Encodable {
  struct Payload: Encodable {
    var summary: String
    var source: String
    var severity: String
    var custom_details: [String: String]
  }
  var routing_key: String
  var event_action: String
  var dedup_key: String
  var payload: Payload

  /// An incident is a group's: what the group says later adds to it, and its resolution ends it. A message that gathers
  /// several groups is an incident of its own.
  init(_ message: OutgoingMessage, _ rendered: RenderedMessage, key: String) {
    routing_key = key
    // The incident is the group's: it lasts while anything of the group is open.
    event_action = message.alerts.isEmpty && message.standing == nil ? "resolve" : "trigger"
    dedup_key = String((message.groupKey ?? message.id).prefix(255))
    let isCritical = message.alerts.contains { $0.source.tier == .critical }
    payload = Payload(
      summary: String(rendered.subject.prefix(1_024)), source: "dealpulse",
      severity: isCritical ? "critical" : "warning",
      custom_details: ["text": rendered.text, "message_id": message.id])
  }
}

/// A change event of PagerDuty: information without an incident.
struct PagerDutyChange: Encodable {
  struct Payload: Encodable {
    var summary: String
    var source: String
    var timestamp: String
    var custom_details: [String: String]
  }
  var routing_key: String
  var payload: Payload

  init(_ message: OutgoingMessage, _ rendered: RenderedMessage, key: String) {
    routing_key = key
    payload = Payload(
      summary: String(rendered.subject.prefix(1_024)), source: "dealpulse", timestamp: message.madeAt.rfc3339,
      custom_details: ["text": rendered.text, "message_id": message.id])
  }
}
