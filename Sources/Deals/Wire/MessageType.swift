/// The kinds of records, as their CloudEvents headers name them (CloudEvents 1.0, Kafka protocol binding).
public enum MessageType: String, CaseIterable, Hashable, Sendable {
  /// `deals.changes`.
  case change = "com.dealpulse.deal.changed.v1"
  /// `deals.outcomes`.
  case outcome = "com.dealpulse.deal.outcome.v1"
  /// `deals.state`.
  case state = "com.dealpulse.deal.state.v1"
  /// `deals.risk`.
  case risk = "com.dealpulse.deal.risk.v1"
  /// `deals.trends`.
  case trend = "com.dealpulse.trend.v1"
  /// `deals.reports`.
  case report = "com.dealpulse.report.v1"
  /// `deals.feedback`.
  case feedback = "com.dealpulse.feedback.v1"
  /// `deals.dead-letter`.
  case deadLetter = "com.dealpulse.dead-letter.v1"
  /// `alerts.log`.
  case alert = "com.dealpulse.alert.v1"
  /// `alerts.state`.
  case alertState = "com.dealpulse.alert.state.v1"

  /// The headers that are the same for every record of the kind from one source.
  public func constantHeaders(source: String) -> [(name: String, value: String)] {
    [
      ("ce_specversion", "1.0"), ("ce_type", rawValue), ("ce_source", source),
      ("content-type", "application/json"),
    ]
  }
}
