import Alerts
import Deals
import Foundation
import GRDB

/// How far a message has come, in words for people and programs.
public enum DeliveryProgress: String, Hashable, Sendable {
  /// It was never tried.
  case queued
  /// It is being sent now, or was when the router died.
  case sending
  /// A try has failed; another follows.
  case retrying
  /// The receiver has acknowledged it.
  case delivered
  /// It is given up, and waits for a person.
  case deadLetter = "dead_letter"
}

/// A message on its way.
public struct OutboxEntry: Sendable {
  /// Its place in the outbox.
  public var sequence: Int64
  /// The message.
  public var message: OutgoingMessage
  /// `pending`, `intent`, `sent` or `dead`.
  public var state: String
  /// How often it was tried.
  public var attempts: Int
  /// Whether an earlier try may have arrived: the router died between the intent and the result, or no answer came to what
  /// was handed over whole.
  public var isPossibleRepeat: Bool
  /// What went wrong last.
  public var note: String?
  /// Since when it is to be delivered: since it was made, sent again or given to another receiver.
  public var since: Timestamp
  /// When it was delivered or given up; nil while it is neither.
  public var endedAt: Timestamp?

  /// How far it has come.
  public var progress: DeliveryProgress {
    switch state {
    case "sent": .delivered
    case "dead": .deadLetter
    case "intent": .sending
    default: attempts == 0 ? .queued : .retrying
    }
  }
}

extension RouterStore {
  /// Says before the first send after a start: what had an intent without a result may have arrived, and is sent again.
  public func recoverIntents() throws(StoreError) {
    try write { database in
      try database.execute(sql: "UPDATE outbox SET state = 'pending', possible_repeat = 1 WHERE state = 'intent'")
    }
  }

  /// A person's own channel, empty where a message goes to the receiver's: the part of a message's address that a rate is
  /// counted by.
  private static let channel = "coalesce(json_extract(CAST(message AS TEXT), '$.recipient.slackID'), '')"

  /// Takes the oldest message that is due for a receiver and writes down the intent to send it; nil where none is due.
  ///
  /// - Parameter busy: Slack ids (empty for the receiver's own channel) that must not be written to now.
  public func takeNext(
    receiver: String, at now: Timestamp, busy: Set<String> = []
  ) throws(StoreError) -> OutboxEntry? {
    let due = "receiver = ? AND state = 'pending' AND not_before <= ?"
    let free = busy.isEmpty ? "" : " AND \(Self.channel) NOT IN (\(busy.map { _ in "?" }.joined(separator: ", ")))"
    let arguments: [any DatabaseValueConvertible] = [receiver, now.milliseconds] + busy.sorted()
    let sql = "SELECT * FROM outbox WHERE \(due)\(free) ORDER BY sequence LIMIT 1"
    // Looking does not need the lock that writing does, and mostly there is nothing.
    guard try read({ try Row.fetchOne($0, sql: sql, arguments: StatementArguments(arguments)) }) != nil else {
      return nil
    }
    return try write { database in
      guard let row = try Row.fetchOne(database, sql: sql, arguments: StatementArguments(arguments)) else { return nil }
      var entry = try Self.entry(row)
      entry.attempts += 1
      entry.state = "intent"
      try database.execute(
        sql: "UPDATE outbox SET state = 'intent', attempts = attempts + 1 WHERE sequence = ?",
        arguments: [entry.sequence])
      return entry
    }
  }

  /// The receiver acknowledged. `reference` is what it calls the message.
  public func markSent(_ entry: OutboxEntry, reference: String?, at now: Timestamp) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "UPDATE outbox SET state = 'sent', ended_at = ?, reference = ?, note = NULL WHERE sequence = ?",
        arguments: [now.milliseconds, reference, entry.sequence])
      let tries = entry.attempts == 1 ? "" : " at try \(entry.attempts)"
      try Self.audit(entry, .delivered, "\(entry.message.receiver) has taken it\(tries)", at: now, database)
    }
  }

  /// It failed, and is tried again from a moment on.
  public func markRetry(
    _ entry: OutboxEntry, notBefore: Timestamp, note: String, at now: Timestamp
  ) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "UPDATE outbox SET state = 'pending', not_before = ?, note = ?, possible_repeat = ? WHERE sequence = ?",
        arguments: [notBefore.milliseconds, note, entry.isPossibleRepeat, entry.sequence])
      // The first, second, fourth, eighth … failure: a receiver that is down for a day is no flood of decisions.
      guard entry.attempts.nonzeroBitCount == 1 else { return }
      try Self.audit(
        entry, .failed, "try \(entry.attempts) with \(entry.message.receiver): \(note)", at: now, database)
    }
  }

  private static func audit(
    _ entry: OutboxEntry, _ reason: DecisionReason, _ text: String, at now: Timestamp, _ database: Database
  ) throws {
    for decision in entry.message.decisions(reason, text, at: now) { try add(decision, database) }
  }

  /// It failed for good: a person decides.
  public func markDead(_ entry: OutboxEntry, note: String, at now: Timestamp) throws(StoreError) {
    try write { try Self.markDead(entry, note: note, at: now, $0) }
  }

  static func markDead(_ entry: OutboxEntry, note: String, at now: Timestamp, _ database: Database) throws {
    try database.execute(
      sql: "UPDATE outbox SET state = 'dead', ended_at = ?, note = ?, possible_repeat = ? WHERE sequence = ?",
      arguments: [now.milliseconds, note, entry.isPossibleRepeat, entry.sequence])
    try audit(entry, .deadLetter, "\(entry.message.receiver): \(note)", at: now, database)
  }

  /// Messages in a state, the oldest first.
  public func entries(state: String) throws(StoreError) -> [OutboxEntry] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM outbox WHERE state = ? ORDER BY sequence", arguments: [state])
        .map(Self.entry)
    }
  }

  /// The messages of these ids that are not forgotten, by id.
  public func entries(ids: Set<String>) throws(StoreError) -> [String: OutboxEntry] {
    try read { database in
      var found: [String: OutboxEntry] = [:]
      for id in ids {
        let row = try Row.fetchOne(database, sql: "SELECT * FROM outbox WHERE id = ?", arguments: [id])
        if let row { found[id] = try Self.entry(row) }
      }
      return found
    }
  }

  /// Sends dead messages again, all of them where no id is given; each has the whole time that a new one is given.
  ///
  /// - Returns: How many.
  public func retryDead(id: String?, at now: Timestamp) throws(StoreError) -> Int {
    try write { database in
      try database.execute(
        sql: """
          UPDATE outbox SET state = 'pending', not_before = 0, attempts = 0, made_at = ?2, ended_at = NULL
          WHERE state = 'dead' AND (?1 IS NULL OR id = ?1)
          """,
        arguments: [id, now.milliseconds])
      return database.changesCount
    }
  }

  /// The receiver's name for the last message of a group, for updates in place.
  public func reference(groupKey: String, receiver: String) throws(StoreError) -> String? {
    try read { database in
      try String.fetchOne(
        database,
        sql: """
          SELECT reference FROM outbox WHERE receiver = ? AND state = 'sent' AND reference IS NOT NULL
          AND json_extract(CAST(message AS TEXT), '$.groupKey') = ? ORDER BY sequence DESC LIMIT 1
          """, arguments: [receiver, groupKey])
    }
  }

  /// After a clock was set back: nothing waits longer than a receiver may ask to.
  public func pullBack(to now: Timestamp) throws(StoreError) {
    let latest = now.milliseconds + RetryAfter.maximumMilliseconds
    try write { database in
      try database.execute(sql: "UPDATE outbox SET not_before = ?1 WHERE not_before > ?1", arguments: [latest])
    }
  }

  /// The newest messages, whatever became of them, the newest first.
  public func latest(limit: Int) throws(StoreError) -> [OutboxEntry] {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM outbox ORDER BY sequence DESC LIMIT ?", arguments: [limit])
        .map(Self.entry)
    }
  }

  /// How many messages wait, and since when the oldest does.
  public func backlog() throws(StoreError) -> (waiting: Int, dead: Int, oldest: Timestamp?) {
    try read { database in
      let row = try Row.fetchOne(
        database,
        sql: """
          SELECT count(*) FILTER (WHERE state <> 'dead') AS waiting, count(*) FILTER (WHERE state = 'dead') AS dead,
            min(made_at) FILTER (WHERE state <> 'dead') AS oldest FROM outbox WHERE state <> 'sent'
          """)
      let oldest: Int64? = row?["oldest"]
      return (row?["waiting"] ?? 0, row?["dead"] ?? 0, oldest.map { Timestamp(milliseconds: $0) })
    }
  }

  /// The decisions about a subject, the oldest first.
  public func decisions(subject: String) throws(StoreError) -> [Decision] {
    try read { database in
      try Data.fetchAll(
        database, sql: "SELECT value FROM decisions WHERE subject = ? ORDER BY sequence", arguments: [subject]
      ).map { try JSONDecoder().decode(Decision.self, from: $0) }
    }
  }

  /// What another router of the group last told of a subject's open alert; nil where it told of none.
  public func alertElsewhere(subject: String) throws(StoreError) -> Alert? {
    try openAlert(subject: subject, in: "elsewhere")
  }

  /// A subject's open alert in one of the tables that hold alerts' states.
  func openAlert(subject: String, in table: String) throws(StoreError) -> Alert? {
    try read { database in
      for kind in AlertKind.allCases {
        let key = Fingerprint(kind: kind, subject: subject).text
        let data = try Data.fetchOne(database, sql: "SELECT value FROM \(table) WHERE key = ?", arguments: [key])
        if let alert = try data.map({ try JSONDecoder().decode(AlertState.self, from: $0) })?.openAlert { return alert }
      }
      return nil
    }
  }

  /// Forgets messages that ended, and decisions that are on alerts.log, before a moment.
  public func forget(before limit: Timestamp) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "DELETE FROM outbox WHERE ended_at < ? AND state = 'sent'", arguments: [limit.milliseconds])
      try database.execute(
        sql: "DELETE FROM decisions WHERE is_published = 1 AND at < ?", arguments: [limit.milliseconds])
    }
  }

  /// Decisions that are not on alerts.log yet, the oldest first.
  public func unpublished(limit: Int) throws(StoreError) -> [(sequence: Int64, decision: Decision)] {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT sequence, value FROM decisions WHERE is_published = 0 ORDER BY sequence LIMIT ?",
        arguments: [limit])
      return try rows.map { ($0["sequence"], try JSONDecoder().decode(Decision.self, from: $0["value"])) }
    }
  }

  /// Notes that decisions up to one are on alerts.log.
  public func markPublished(upTo sequence: Int64) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "UPDATE decisions SET is_published = 1 WHERE is_published = 0 AND sequence <= ?", arguments: [sequence])
    }
  }

  static func entry(_ row: Row) throws -> OutboxEntry {
    OutboxEntry(
      sequence: row["sequence"], message: try JSONDecoder().decode(OutgoingMessage.self, from: row["message"]),
      state: row["state"], attempts: row["attempts"], isPossibleRepeat: row["possible_repeat"], note: row["note"],
      since: Timestamp(milliseconds: row["made_at"]),
      endedAt: (row["ended_at"] as Int64?).map { Timestamp(milliseconds: $0) })
  }
}
