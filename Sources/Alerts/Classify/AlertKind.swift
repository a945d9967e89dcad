/// What an alert is about.
public enum AlertKind: String, Codable, CaseIterable, Hashable, Sendable {
  /// A deal at risk.
  case dealRisk = "deal_risk"
  /// A segment whose win rate has moved.
  case trendShift = "trend_shift"
  /// A report of the trend processor.
  case report
  /// Many deals have turned risky within a short time.
  case volumeSpike = "volume_spike"
  /// Nothing has been heard from the scorer for too long.
  case dataUnavailable = "data_unavailable"
}

/// Whether what an alert is about holds on, or has ended.
public enum AlertSignal: String, Codable, Hashable, Sendable {
  /// It holds; the severity says how much.
  case firing
  /// It has ended: the deal closed, the shift is over.
  case ended
}
