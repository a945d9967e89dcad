import Alerts
import Deals
import Foundation
import GRDB

/// The router's memory in SQLite: what the pipeline knows, how far the input was read, the outbox and the decisions.
///
/// Write-ahead log with full synchronisation: what a call has returned from survives SIGKILL and a power cut. Safe from
/// any thread; calls block, so not from a task.
public final class RouterStore: Sendable {
  let queue: DatabaseQueue
  /// The file.
  public let path: String

  /// Opens the store, and makes it where there is none.
  ///
  /// - Parameter patience: Seconds for which another process's lock is waited for, each time.
  /// - Throws: `StoreError`.
  public init(path: String, patience: Double = 5) throws(StoreError) {
    self.path = path
    do {
      queue = try Self.open(path, patience)
    } catch {
      throw StoreError(error, path: path)
    }
  }

  /// Where several processes make a file at the same time, SQLite refuses the write-ahead log to one that could wait for
  /// ever for another, at once and whatever its patience is: that one asks again.
  private static func open(_ path: String, _ patience: Double) throws -> DatabaseQueue {
    let deadline = ContinuousClock.now + .seconds(patience)
    while true {
      do { return try openOnce(path, patience) } catch let error as DatabaseError
        where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline
      {
        // SQLite has not waited itself, and there is no lock to wait for: without a pause this would take a processor.
        Thread.sleep(forTimeInterval: 0.01)
      }
    }
  }

  private static func openOnce(_ path: String, _ patience: Double) throws -> DatabaseQueue {
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(patience)
    configuration.prepareDatabase { database in
      try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try migrate(queue)
    let sound = try queue.read { try String.fetchOne($0, sql: "PRAGMA quick_check") }
    guard sound == "ok" else { throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: sound) }
    return queue
  }

  /// Opens a store that a router has made.
  ///
  /// - Throws: `StoreError`, of the kind `missing` where there is none: what was said to an empty one would reach nobody.
  public static func existing(path: String) throws(StoreError) -> RouterStore {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing(path) }
    return try RouterStore(path: path)
  }

  /// Brings the tables up to date. Which steps are done is looked up before the lock for one is taken: where another process
  /// does it in between, the step fails for what it finds, and those that are left follow.
  private static func migrate(_ queue: DatabaseQueue) throws {
    var tries = 1
    while true {
      do { return try migrator.migrate(queue) } catch let error as DatabaseError
        where error.resultCode == .SQLITE_ERROR && tries < 20
      {
        tries += 1
        // Waits for the other's lock, and with it for its step.
        try queue.inDatabase { database in try database.inTransaction(.immediate) { .commit } }
      }
    }
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1") { database in
      for table in ["memories", "alerts", "groups", "silences", "acknowledgements", "singletons"] {
        try database.execute(sql: "CREATE TABLE \(table) (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
      }
      try database.execute(
        sql: """
          CREATE TABLE offsets (topic TEXT, partition INTEGER, next INTEGER NOT NULL, PRIMARY KEY (topic, partition));
          CREATE TABLE commands (sequence INTEGER PRIMARY KEY AUTOINCREMENT, value BLOB NOT NULL);
          CREATE TABLE outbox (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, receiver TEXT NOT NULL,
            message BLOB NOT NULL, state TEXT NOT NULL DEFAULT 'pending', attempts INTEGER NOT NULL DEFAULT 0,
            not_before INTEGER NOT NULL DEFAULT 0, made_at INTEGER NOT NULL, ended_at INTEGER,
            possible_repeat INTEGER NOT NULL DEFAULT 0, note TEXT, reference TEXT);
          CREATE INDEX outbox_due ON outbox (receiver, state, not_before);
          CREATE TABLE decisions (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, at INTEGER NOT NULL, value BLOB NOT NULL,
            is_published INTEGER NOT NULL DEFAULT 0);
          CREATE INDEX decisions_subject ON decisions (subject, sequence);
          CREATE INDEX decisions_unpublished ON decisions (sequence) WHERE is_published = 0;
          """)
    }
    migrator.registerMigration("2") { database in
      for table in ["elsewhere", "closings"] {
        try database.execute(sql: "CREATE TABLE \(table) (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID")
      }
      // Alerts are kept with their places in groups from now on, and common messages row by row.
      try database.execute(
        sql: """
          DELETE FROM alerts; DELETE FROM groups; DELETE FROM singletons WHERE key = 'ledger';
          CREATE TABLE bins (key TEXT, fingerprint TEXT, PRIMARY KEY (key, fingerprint)) WITHOUT ROWID;
          """)
      try database.execute(
        sql: "CREATE TABLE feedback (sequence INTEGER PRIMARY KEY AUTOINCREMENT, value BLOB NOT NULL)")
    }
    return migrator
  }

  func write<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try queue.write(body) } catch { throw StoreError(error, path: path) }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try queue.read(body) } catch { throw StoreError(error, path: path) }
  }

  /// The store's own name, made once: what a router with this store has told others bears it.
  public func name() throws(StoreError) -> String {
    try write { database in
      try database.execute(
        sql: "INSERT OR IGNORE INTO singletons VALUES ('name', ?)", arguments: [UUID().uuidString.lowercased()])
      return try String.fetchOne(database, sql: "SELECT value FROM singletons WHERE key = 'name'") ?? ""
    }
  }
}
