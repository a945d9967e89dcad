import Alerts
import Deals
import Foundation
import GRDB

/// A message that waited for a receiver which the rules no longer have, and what became of it.
public struct StrayMessage: Hashable, Sendable {
  /// The message's id.
  public var id: String
  /// The receiver that it waited for.
  public var receiver: String
  /// The receiver that it waits for now; nil where it is among the dead letters.
  public var destination: String?
}

extension RouterStore {
  /// Takes care of messages that nobody would deliver: one whose receiver is gone goes to the receiver that its route has
  /// now, or among the dead letters where the rules don't say which that is.
  ///
  /// - Returns: What was found, at most a thousand at a time.
  public func settleStrays(_ rules: RouterRules, at now: Timestamp) throws(StoreError) -> [StrayMessage] {
    let known = rules.receivers.keys.sorted()
    let places = known.map { _ in "?" }.joined(separator: ", ")
    // The index answers this alone, whatever messages hold.
    let sql = "SELECT sequence FROM outbox WHERE state = 'pending' AND receiver NOT IN (\(places)) LIMIT 1000"
    let found = try read { try Int64.fetchAll($0, sql: sql, arguments: StatementArguments(known)) }
    guard !found.isEmpty else { return [] }
    return try write { database in
      try found.compactMap { sequence -> StrayMessage? in
        guard
          let row = try Row.fetchOne(
            database, sql: "SELECT * FROM outbox WHERE sequence = ? AND state = 'pending'", arguments: [sequence])
        else { return nil }
        return try Self.settle(try Self.entry(row), rules, at: now, database)
      }
    }
  }

  private static func settle(
    _ entry: OutboxEntry, _ rules: RouterRules, at now: Timestamp, _ database: Database
  ) throws -> StrayMessage {
    let message = entry.message
    let gone = message.receiver
    guard let destination = rules.receiver(of: message) else {
      let note =
        "the rules have no receiver \(gone) any more, and no route that says where this goes instead: declare one, then "
        + "run alert-router dead-letters --retry"
      try markDead(entry, note: note, at: now, database)
      return StrayMessage(id: message.id, receiver: gone)
    }
    var moved = message
    moved.receiver = destination
    // Another receiver has the whole time that a message is given.
    try database.execute(
      sql: """
        UPDATE outbox SET receiver = ?, message = ?, attempts = 0, not_before = 0, made_at = ?, note = ?
        WHERE sequence = ?
        """,
      arguments: [
        destination, try JSONEncoder().encode(moved), now.milliseconds, "it was for \(gone), which is gone",
        entry.sequence,
      ])
    return StrayMessage(id: message.id, receiver: gone, destination: destination)
  }
}
