import AlertDelivery
import Alerts
import Deals
import Foundation

/// Stores as a router leaves them, without a router.
enum StoredAlert {
  static func rules() throws -> RouterRules {
    let yaml = "receivers: {out: {type: console}}\nroute: {receiver: out, group_by: [\"...\"], group_wait: 0s}\n"
    return try RulesLoader.load(yaml: yaml, file: "router.yaml")
  }

  static func emptyStore() throws -> RouterStore {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sqlite").path
    return try RouterStore(path: path)
  }

  /// A store with an open alert of a deal, whose message waits for its delivery to `out`.
  static func store(_ deal: String, at now: Timestamp) throws -> RouterStore {
    let store = try emptyStore()
    var pipeline = AlertPipeline(try rules())
    var decisions = pipeline.take(AlertSource(try Stage.event(deal)), at: now)
    let made = pipeline.tick(at: now)
    decisions += made.decisions
    try store.commit(&pipeline, messages: made.messages, decisions: decisions, offsets: [:])
    return store
  }
}
