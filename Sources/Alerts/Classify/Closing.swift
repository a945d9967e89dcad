import Deals

/// A deal's close, as the ledger tells it.
public struct Closing: Codable, Hashable, Sendable {
  /// The offset in `deals.changes` of the change that closed it.
  public var position: Int64
  /// `won` or `lost`.
  public var outcome: String
  /// When it was read here; it is forgotten after `days`.
  public var at: Timestamp

  /// Every score from before the close has been read by then.
  static let days = 7

  /// A close.
  public init(position: Int64, outcome: String, at now: Timestamp) {
    self.position = position
    self.outcome = outcome
    at = now
  }
}

extension AlertPipeline {
  /// Takes in a record of the ledger: a deal that closed is at risk no more, one that was reopened may be again.
  ///
  /// Scores and outcomes come by different topics, in no order: the offsets of the changes that led to them give one.
  public mutating func take(_ entry: LedgerEntry, at now: Timestamp) -> [Decision] {
    let fingerprint = Fingerprint(kind: .dealRisk, subject: entry.dealID.text)
    let position = entry.source.offset
    guard let deal = entry.added else {
      if let closing = closings[fingerprint], closing.position < position {
        closings[fingerprint] = nil
        changes.closings.insert(fingerprint)
      }
      return []
    }
    if let known = closings[fingerprint], known.position >= position { return [] }
    closings[fingerprint] = Closing(position: position, outcome: deal.outcome.name, at: now)
    changes.closings.insert(fingerprint)
    return endClosed(fingerprint, at: now)
  }

  /// Resolves an open alert whose deal has closed since its score.
  mutating func endClosed(_ fingerprint: Fingerprint, at now: Timestamp) -> [Decision] {
    guard let closing = closings[fingerprint], let alert = open[fingerprint],
      alert.source.position ?? .min < closing.position
    else { return [] }
    var ended = AlertSource.ended(dealID: alert.source.subject, at: now, outcome: closing.outcome)
    ended.position = closing.position
    ended.origin = alert.source.origin
    return take(ended, at: now)
  }

  /// A deal's last known close, nil where none is known or it was reopened.
  public func closing(_ fingerprint: Fingerprint) -> Closing? { closings[fingerprint] }

  /// Takes back a close.
  public mutating func restore(_ closing: Closing, _ fingerprint: Fingerprint) { closings[fingerprint] = closing }

  mutating func forgetClosings(at now: Timestamp) {
    for (fingerprint, closing) in closings where closing.at.adding(days: Closing.days) <= now {
      closings[fingerprint] = nil
      changes.closings.insert(fingerprint)
    }
  }
}
