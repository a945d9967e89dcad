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
  /// Gives a pipeline back what was kept of it.
  public func restore(_ pipeline: inout AlertPipeline) throws(StoreError) {
    let rows = try read { database in
      try ["memories", "alerts", "groups", "silences", "acknowledgements", "singletons"].map { table in
        try Row.fetchAll(database, sql: "SELECT key, value FROM \(table)").map { row in
          (key: row["key"] as String, value: row["value"] as Data)
        }
      }
    }
    do {
      let decoder = JSONDecoder()
      for row in rows[0] {
        pipeline.restore(Fingerprint(text: row.key), try decoder.decode(AlertMemory.self, from: row.value))
      }
      for row in rows[1] { pipeline.restore(try decoder.decode(Alert.self, from: row.value)) }
      for row in rows[2] { pipeline.restore(try decoder.decode(AlertGroup.self, from: row.value)) }
      for row in rows[3] { pipeline.restore(try decoder.decode(Silence.self, from: row.value)) }
      for row in rows[4] {
        pipeline.restore(try decoder.decode(Acknowledgement.self, from: row.value), Fingerprint(text: row.key))
      }
      for row in rows[5] where row.key == "ledger" { try pipeline.restore(ledger: row.value) }
    } catch {
      throw .failed(path: path, "a kept value can't be read: \(error)")
    }
  }

  /// Keeps, in one transaction: what changed in the pipeline, the messages and decisions that it made, and how far the
  /// input was read. A message that is there already is not added again.
  public func commit(
    _ pipeline: inout AlertPipeline, messages: [OutgoingMessage], decisions: [Decision],
    offsets: [InputPartition: Int64]
  ) throws(StoreError) {
    let before = pipeline
    let changes = pipeline.takeChanges()
    let kept = pipeline
    do throws(StoreError) {
      try write { database in
        try Self.keep(changes, of: kept, database)
        for message in messages { try Self.add(message, database) }
        for decision in decisions { try Self.add(decision, database) }
        for (input, next) in offsets {
          try database.execute(
            sql: "INSERT OR REPLACE INTO offsets VALUES (?, ?, ?)", arguments: [input.topic, input.partition, next])
        }
      }
    } catch {
      // What changed is still to be kept: the next commit tries again.
      pipeline = before
      throw error
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
    for key in changes.memories { try set("memories", key.text, pipeline.deduplicator[key]) }
    for key in changes.alerts { try set("alerts", key.text, pipeline.alert(key)) }
    for key in changes.groups { try set("groups", key, pipeline.group(key)) }
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
