import Deals

/// A person's word that they have seen an alert.
public struct Acknowledgement: Codable, Hashable, Sendable {
  /// Who.
  public var author: String
  /// When.
  public var at: Timestamp

  /// A word.
  public init(author: String, at: Timestamp) {
    self.author = author
    self.at = at
  }
}

extension AlertPipeline {
  /// All silences.
  public var silences: [Silence] { silencer.silences }

  /// Takes in a silence.
  public mutating func silence(_ silence: Silence) {
    silencer.set(silence)
    changes.silences = true
    newWords.append(.silence(silence))
  }

  /// Ends a silence; false where none of that id is pending or in force.
  public mutating func expireSilence(_ id: String, at now: Timestamp) -> Bool {
    changes.silences = true
    let isEnded = silencer.expire(id, at: now)
    // One that is over is told too: a router that ended it may have died before it could tell.
    newWords += silencer.silences.filter { $0.id == id }.map(SharedRecord.silence)
    return isEnded
  }

  /// The open alerts that a set of matchers would hide, most dollars first.
  public func hidden(by matchers: [Matcher]) -> [Alert] { openAlerts.filter { matchers.matches($0.source) } }

  /// Notes that somebody has seen the open alert of a subject; false where none is open. No reminders and no escalation
  /// follow until it is worse by a tier.
  public mutating func acknowledge(subject: String, author: String, at now: Timestamp) -> Bool {
    let word = Acknowledgement(author: author, at: now)
    // Where another router reads the deal's partition, it is told. It may also become this one's own, above all after a start.
    let others = elsewhere.filter { $0.value.openAlert?.source.subject == subject }
    for fingerprint in others.keys {
      elsewhere[fingerprint]?.acknowledgement = word
      changes.elsewhere.insert(fingerprint)
    }
    if !others.isEmpty { newWords.append(.acknowledgement(subject: subject, word)) }
    return take(word, of: subject)
  }

  mutating func take(_ word: Acknowledgement, of subject: String) -> Bool {
    let found = open.values.filter { $0.source.subject == subject && $0.openedAt <= word.at }
    for alert in found {
      acknowledgements[alert.fingerprint] = word
      changes.states.insert(alert.fingerprint)
    }
    if !found.isEmpty { changes.acknowledgements = true }
    return !found.isEmpty
  }

  /// Who has acknowledged what.
  public var allAcknowledgements: [Fingerprint: Acknowledgement] { acknowledgements }
}
