import Deals

/// Why something was sent or not: a stable code for programs.
public enum DecisionReason: String, Codable, CaseIterable, Hashable, Sendable {
  /// It went into a message.
  case sent
  /// A message said again what is still open.
  case repeated
  /// A message said that it is over.
  case resolved
  /// It belongs to another route or person now, and has left this group.
  case handedOn = "handed_on"
  /// A message went to the person above, because nobody acknowledged.
  case escalated
  /// It waits in its group.
  case grouped
  /// Nothing new was said.
  case deduplicated
  /// The deal opens and closes too often; that was said.
  case flapping
  /// It has recovered, and stays open for its minimum time.
  case recovering
  /// An open alert speaks for it.
  case inhibited
  /// A silence holds it back.
  case silenced
  /// Somebody has acknowledged it.
  case acknowledged
  /// The deal was closed by a later change than the one that was scored.
  case closed
  /// It is the wrong time for its route.
  case muted
  /// The recipient has had enough messages today; it is in the digest.
  case overBudget = "over_budget"
  /// Too many at once; it is in a digest.
  case storm
  /// It came while the router was away; it is in a digest.
  case backlog
  /// Too few dollars and points.
  case belowThreshold = "below_threshold"
  /// Not urgent enough to open.
  case notUrgent = "not_urgent"
  /// History never alerts.
  case backfill
  /// It went into a digest.
  case digested
  /// The receiver has acknowledged the message that it is in.
  case delivered
  /// A try to deliver the message failed; it is tried again.
  case failed
  /// The message is given up: it waits among the dead letters for a person.
  case deadLetter = "dead_letter"
}

/// One decision about one alert, for alerts.log and `why`.
public struct Decision: Codable, Hashable, Sendable {
  /// When it was made.
  public var at: Timestamp
  /// About which alert.
  public var fingerprint: Fingerprint
  /// Its kind.
  public var kind: AlertKind
  /// What it is about.
  public var subject: String
  /// The record that led to it.
  public var eventID: String
  /// The code.
  public var reason: DecisionReason
  /// The words.
  public var text: String
  /// The route, where one was found.
  public var routeID: String?
  /// The receiver.
  public var receiver: String?
  /// The recipient.
  public var recipientID: String?
  /// The message that it went into.
  public var messageID: String?

  init(
    _ reason: DecisionReason, _ text: String, _ source: AlertSource, _ fingerprint: Fingerprint, at now: Timestamp,
    group: AlertGroup? = nil, messageID: String? = nil
  ) {
    at = now
    self.fingerprint = fingerprint
    kind = source.kind
    subject = source.subject
    eventID = source.eventID
    self.reason = reason
    self.text = text
    routeID = group?.routeID
    receiver = group?.receiver
    recipientID = group?.recipientID
    self.messageID = messageID
  }
}
