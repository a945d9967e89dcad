import AlertDelivery
import Alerts
import Metrics

/// What the router counts, as swift-metrics.
enum RouterMetrics {
  /// What each metric means.
  static let help = [
    "dealpulse_router_decisions_total": "Decisions about alerts, by reason.",
    "dealpulse_router_dead_letters_total": "Records that could not be read.",
    "dealpulse_router_passed_over_total": "Records that were read again and passed over: the store had them.",
    "dealpulse_router_deliveries_total": "Deliveries, by receiver and outcome: sent, failed (tried again) or dead.",
    "dealpulse_router_open_alerts": "Open alerts of this router's partitions.",
    "dealpulse_router_outbox_waiting": "Messages that wait for their delivery.",
    "dealpulse_router_outbox_dead": "Messages that were given up: see alert-router dead-letters.",
    "dealpulse_router_outbox_age_seconds": "The age of the oldest message that waits.",
    "dealpulse_router_store_waits_total": "Times that the store could not be written and was waited for.",
    "dealpulse_router_reloads_total": "Readings of the rules on SIGHUP, by outcome.",
  ]

  static func count(_ decisions: [Decision]) {
    for (reason, found) in Dictionary(grouping: decisions, by: \.reason) {
      Counter(label: "dealpulse_router_decisions_total", dimensions: [("reason", reason.rawValue)])
        .increment(by: found.count)
    }
  }

  static func countDeadLetter() { Counter(label: "dealpulse_router_dead_letters_total").increment() }

  static func countPassedOver() { Counter(label: "dealpulse_router_passed_over_total").increment() }

  static func countStoreWait() { Counter(label: "dealpulse_router_store_waits_total").increment() }

  static func countReload(isTaken: Bool) {
    Counter(label: "dealpulse_router_reloads_total", dimensions: [("outcome", isTaken ? "taken" : "refused")])
      .increment()
  }

  static func countDelivery(_ receiver: String, _ outcome: String) {
    Counter(
      label: "dealpulse_router_deliveries_total", dimensions: [("receiver", receiver), ("outcome", outcome)]
    ).increment()
  }

  static func record(open: Int, waiting: Int, dead: Int, oldestSeconds: Double) {
    Gauge(label: "dealpulse_router_open_alerts").record(open)
    Gauge(label: "dealpulse_router_outbox_waiting").record(waiting)
    Gauge(label: "dealpulse_router_outbox_dead").record(dead)
    Gauge(label: "dealpulse_router_outbox_age_seconds").record(oldestSeconds)
  }
}
