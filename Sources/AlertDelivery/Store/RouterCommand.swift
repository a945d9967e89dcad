import Alerts
import Deals
import Foundation
import GRDB

/// What a person tells a router through its store; it is done at the next tick, or at the next start.
public enum RouterCommand: Codable, Sendable {
  /// Silences alerts.
  case silence(Silence)
  /// Ends a silence.
  case expire(id: String)
  /// Has seen a deal's alert.
  case acknowledge(subject: String, author: String)

  /// Does it.
  public func apply(to pipeline: inout AlertPipeline, at now: Timestamp) {
    switch self {
    case .silence(let silence): pipeline.silence(silence)
    case .expire(let id): _ = pipeline.expireSilence(id, at: now)
    case .acknowledge(let subject, let author):
      _ = pipeline.acknowledge(subject: subject, author: author, at: now)
    }
  }
}

extension RouterStore {
  /// Leaves a command for the router.
  public func submit(_ command: RouterCommand) throws(StoreError) {
    try write { database in
      try database.execute(
        sql: "INSERT INTO commands (value) VALUES (?)", arguments: [try JSONEncoder().encode(command)])
    }
  }

  /// The commands that wait, those after a place, with the place of the last one.
  public func commands(after done: Int64 = 0) throws(StoreError) -> (commands: [RouterCommand], last: Int64) {
    try read { database in
      let rows = try Row.fetchAll(
        database, sql: "SELECT sequence, value FROM commands WHERE sequence > ? ORDER BY sequence", arguments: [done])
      let commands = try rows.map { try JSONDecoder().decode(RouterCommand.self, from: $0["value"]) }
      return (commands, rows.last?["sequence"] ?? 0)
    }
  }

  /// Forgets commands that were done and told to other routers. Doing one twice changes nothing, so a crash in between does
  /// no harm.
  public func forgetCommands(upTo last: Int64) throws(StoreError) {
    try write { try $0.execute(sql: "DELETE FROM commands WHERE sequence <= ?", arguments: [last]) }
  }

  /// The silences as the router last kept them.
  public func silences() throws(StoreError) -> [Silence] {
    try read { database in
      try Data.fetchAll(database, sql: "SELECT value FROM silences ORDER BY key")
        .map { try JSONDecoder().decode(Silence.self, from: $0) }
    }
  }

  /// The silences as they will be once the router has done what it was told.
  ///
  /// - Returns: The silences, and the ids of those that it has yet to take up.
  public func silencesToCome(at now: Timestamp) throws(StoreError) -> (silences: [Silence], untaken: Set<String>) {
    var silencer = Silencer()
    var untaken: Set<String> = []
    for silence in try silences() { silencer.set(silence) }
    for command in try commands().commands {
      switch command {
      // One that is done waits here until other routers know of it.
      case .silence(let silence) where silencer.silences.contains { $0.id == silence.id }: break
      case .silence(let silence):
        silencer.set(silence)
        untaken.insert(silence.id)
      case .expire(let id): if silencer.expire(id, at: now) { untaken.insert(id) }
      case .acknowledge: break
      }
    }
    return (silencer.silences, untaken)
  }

  /// Ends a silence at the router's next turn; false where none of that id is in force or to come.
  public func expireSilence(_ id: String, at now: Timestamp) throws(StoreError) -> Bool {
    guard try silencesToCome(at: now).silences.contains(where: { $0.id == id && $0.phase(at: now) != .expired }) else {
      return false
    }
    try submit(.expire(id: id))
    return true
  }

  /// Acknowledges the open alert of a subject at the router's next turn; false where no router of the group has one open,
  /// as far as this store knows.
  public func acknowledge(subject: String, author: String) throws(StoreError) -> Bool {
    let known = [try openAlert(subject: subject, in: "alerts"), try alertElsewhere(subject: subject)]
    guard known.contains(where: { $0 != nil }) else { return false }
    try submit(.acknowledge(subject: subject, author: author))
    return true
  }
}
