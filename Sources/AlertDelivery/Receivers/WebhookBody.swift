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
    omitted = message.alertCount - alerts.count + message.resolved.count - resolved.count
  }

  private static func item(_ alert: Alert) -> Item {
    Item(
      fingerprint: alert.fingerprint.text, kind: alert.source.kind.rawValue, subject: alert.source.subject,
      tier: alert.source.tier.name, score: alert.source.score?.points, amount: alert.source.amount?.units,
      text: MessageContext.sentence(alert.source), news: alert.news, labels: alert.source.labels,
      opened_at: alert.openedAt.description)
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
    event_action = message.alerts.isEmpty ? "resolve" : "trigger"
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
