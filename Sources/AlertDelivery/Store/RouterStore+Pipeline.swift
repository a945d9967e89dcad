import Alerts
import Deals
import Foundation
import GRDB

/// A partition of an input topic.
public struct InputPartition: Hashable, Sendable {
  /// The topic.
  public var topic: String
  /// The partition.
  public var partition: Int32

  /// A partition.
  public init(_ topic: String, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }
}

extension RouterStore {
  /// Gives a pipeline back what was kept of it. Reads row by row: a million memories never stand in memory twice.
  public func restore(_ pipeline: inout AlertPipeline) throws(StoreError) {
    var restored = pipeline
    let decoder = JSONDecoder()
    try read { database in
      func forEach(_ table: String, _ take: (String, Data) throws -> Void) throws {
        let rows = try Row.fetchCursor(database, sql: "SELECT key, value FROM \(table)")
        while let row = try rows.next() { try take(row[0], row[1]) }
      }
      func value<Value: Decodable>(_ data: Data) throws -> Value { try decoder.decode(Value.self, from: data) }
      try forEach("memories") { key, data in
        restored.restore(Fingerprint(text: key), try AlertMemory(stored: data) ?? value(data))
      }
      try forEach("groups") { _, data in restored.restore(header: try value(data) as AlertGroup) }
      try forEach("alerts") { key, data in
        restored.restore(kept: try value(data) as AlertState, Fingerprint(text: key))
      }
      try forEach("silences") { _, data in restored.restore(try value(data) as Silence) }
      try forEach("acknowledgements") { key, data in
        restored.restore(try value(data) as Acknowledgement, Fingerprint(text: key))
      }
      try forEach("elsewhere") { key, data in
        restored.restore(try value(data) as AlertState, Fingerprint(text: key))
      }
      try forEach("closings") { key, data in restored.restore(try value(data) as Closing, Fingerprint(text: key)) }
      try forEach("singletons") { key, data in if key == "ledger" { try restored.restore(ledger: data) } }
      let bins = try Row.fetchCursor(database, sql: "SELECT key, fingerprint FROM bins")
      while let row = try bins.next() { restored.restore(binned: Fingerprint(text: row[1]), row[0]) }
    }
    pipeline = restored
  }

  /// Keeps, in one transaction: what changed in the pipeline, the messages and decisions that it made, and how far the
  /// input was read. A message that is there already is not added again.
  ///
  /// - Returns: What changed.
  @discardableResult
  public func commit(
    _ pipeline: inout AlertPipeline, messages: [OutgoingMessage], decisions: [Decision],
    offsets: [InputPartition: Int64]
  ) throws(StoreError) -> PipelineChanges {
    // What changed is still to be kept where this fails: it is taken only afterwards.
    let changes = pipeline.changes
    let kept = pipeline
    try write { database in
      try Self.keep(changes, of: kept, database)
      for message in messages { try Self.add(message, database) }
      for decision in decisions { try Self.add(decision, database) }
      for (input, next) in offsets {
        try database.execute(
          sql: "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)", arguments: [input.topic, input.partition, next])
      }
    }
    return pipeline.takeChanges()
  }

  /// The open alerts of this router's partitions, most dollars first.
  public func openAlerts() throws(StoreError) -> [Alert] {
    try read { database in
      try Data.fetchAll(database, sql: "SELECT value FROM alerts").compactMap { data in
        try JSONDecoder().decode(AlertState.self, from: data).openAlert
      }.sortedByDollars()
    }
  }

  /// The next offset to be read of each input.
  public func offsets() throws(StoreError) -> [InputPartition: Int64] {
    try read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT topic, partition, next FROM offsets")
      return Dictionary(uniqueKeysWithValues: rows.map { (InputPartition($0["topic"], $0["partition"]), $0["next"]) })
    }
  }

  private static func keep(_ changes: PipelineChanges, of pipeline: AlertPipeline, _ database: Database) throws {
    let encoder = JSONEncoder()
    func set(_ table: String, _ key: String, _ value: (any Encodable)?) throws {
      guard let value else {
        return try database.execute(sql: "DELETE FROM \(table) WHERE key = ?", arguments: [key])
      }
      let data = try encoder.encode(value)
      try database.execute(sql: "INSERT OR REPLACE INTO \(table) VALUES (?, ?)", arguments: [key, data])
    }
    for key in changes.memories {
      guard let memory = pipeline.deduplicator[key] else {
        try set("memories", key.text, nil)
        continue
      }
      try database.execute(
        sql: "INSERT OR REPLACE INTO memories VALUES (?, ?)", arguments: [key.text, memory.stored])
    }
    for key in changes.alerts.union(changes.states) { try set("alerts", key.text, pipeline.keptState(key)) }
    for key in changes.groups { try set("groups", key, pipeline.groupHeader(key)) }
    for key in changes.emptiedBins {
      try database.execute(sql: "DELETE FROM bins WHERE key = ?", arguments: [key])
    }
    for (key, fingerprints) in changes.binned {
      for fingerprint in fingerprints {
        try database.execute(sql: "INSERT OR IGNORE INTO bins VALUES (?, ?)", arguments: [key, fingerprint.text])
      }
    }
    for key in changes.elsewhere { try set("elsewhere", key.text, pipeline.stateElsewhere(key)) }
    for key in changes.closings { try set("closings", key.text, pipeline.closing(key)) }
    if changes.silences {
      try database.execute(sql: "DELETE FROM silences")
      for silence in pipeline.silences { try set("silences", silence.id, silence) }
    }
    let acknowledgements = pipeline.allAcknowledgements
    if changes.acknowledgements || !changes.alerts.isEmpty {
      try database.execute(sql: "DELETE FROM acknowledgements")
      for (key, word) in acknowledgements { try set("acknowledgements", key.text, word) }
    }
    try database.execute(
      sql: "INSERT OR REPLACE INTO singletons VALUES ('ledger', ?)", arguments: [try pipeline.encodedLedger()])
  }

  private static func add(_ message: OutgoingMessage, _ database: Database) throws {
    try database.execute(
      sql: "INSERT OR IGNORE INTO outbox (id, receiver, message, made_at) VALUES (?, ?, ?, ?)",
      arguments: [message.id, message.receiver, try JSONEncoder().encode(message), message.madeAt.milliseconds])
  }

  static func add(_ decision: Decision, _ database: Database) throws {
    try database.execute(
      sql: "INSERT INTO decisions (subject, at, value) VALUES (?, ?, ?)",
      arguments: [decision.subject, decision.at.milliseconds, try JSONEncoder().encode(decision)])
  }
}
