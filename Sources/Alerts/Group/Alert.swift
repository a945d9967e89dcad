import Deals

/// An open alert within a group.
public struct Alert: Codable, Hashable, Sendable {
  /// The last statement.
  public var source: AlertSource
  /// What it is about.
  public var fingerprint: Fingerprint
  /// When it opened.
  public var openedAt: Timestamp
  /// When its last news came.
  public var changedAt: Timestamp
  /// Counts its news, from 1.
  public var revision = 1
  /// What the last news was, in words: "new", "open again", "worse: 41 → 64".
  public var news: String
  /// Set when the alert is over but the group has not said so.
  public var isResolved = false
  /// The record that opened it: the same whichever router takes it in. Nil for what a store kept before it was noted.
  public var openedBy: String?
  /// Since when it has been critical; nil where it is not, or was so before a store noted it.
  public var criticalSince: Timestamp?
  /// Set beside `isResolved` in a group that the alert has left for another: it is open, but not here.
  public var isHandedOn: Bool?

  init(_ source: AlertSource, _ fingerprint: Fingerprint, news: String, at now: Timestamp) {
    self.source = source
    self.fingerprint = fingerprint
    self.news = news
    openedBy = source.eventID
    criticalSince = source.tier == .critical ? now : nil
    openedAt = now
    changedAt = now
  }

  /// The dollars at stake, 0 where unknown.
  public var dollars: Money { source.amount ?? .zero }

  /// Takes over a newer statement.
  mutating func restate(_ statement: AlertSource, at now: Timestamp) {
    if statement.tier < .critical { criticalSince = nil } else if source.tier < .critical { criticalSince = now }
    source = statement
  }

  /// The alert for a group that it leaves.
  func handedOn(_ news: String) -> Alert {
    var alert = self
    (alert.news, alert.isResolved, alert.isHandedOn) = (news, true, true)
    return alert
  }

  /// What tells this news from all others: an alert that opens again begins to count anew, but another record opened it.
  var newsID: String { "\(fingerprint.text):\(openedBy ?? ""):\(revision)" }
}

extension Sequence where Element == Alert {
  /// The largest first, the riskier first among equals, then by fingerprint so that every machine sorts alike.
  public func sortedByDollars() -> [Alert] {
    let alerts = Array(self)
    // Alerts are large: what is moved about while sorting is small.
    let keys = alerts.indices.map { (alerts[$0].dollars, alerts[$0].source.tier, alerts[$0].fingerprint, $0) }
    let sorted = keys.sorted { left, right in
      if left.0 != right.0 { return left.0 > right.0 }
      return left.1 != right.1 ? left.1 > right.1 : left.2 < right.2
    }
    return sorted.map { alerts[$0.3] }
  }

  /// All dollars at stake.
  public var dollars: Money { reduce(.zero) { $0 + $1.dollars } }
}
