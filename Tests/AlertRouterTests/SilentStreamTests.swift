import AlertDelivery
import Deals
import Foundation
import Testing
import Topics

@testable import AlertRouter

/// The dead man's switch of a router that runs.
@Suite(.serialized) struct SilentStreamTests {
  @Test("the routers' own word is no sign of life, a record of the stream is")
  func signs() {
    let topics = TopicNames(prefix: "acme.")
    func isFromStream(_ topic: String) -> Bool {
      InputBatch(offsets: [InputPartition(topic, 0): 7]).isFromStream(topics)
    }
    for topic in [topics.risk, topics.outcomes, topics.trends, topics.reports] { #expect(isFromStream(topic)) }
    for topic in [topics.alertsState, topics.alertsLog, "deals.risk"] { #expect(!isFromStream(topic)) }
    #expect(!InputBatch().isFromStream(topics))
  }

  @Test("a silence is not over because the router reads on alerts.state that it said so")
  func ownWord() throws {
    let stage = try Stage(rules: Stage.rules.replacing("silent_after: never", with: "silent_after: 1s"))
    let router = try stage.start()
    try stage.waitFor("the alarm") { stage.server.received.contains { $0.body.contains("Data unavailable") } }
    // Its own record of the alarm comes back to the router.
    var told = 0
    try stage.waitFor("the word on it") {
      let records = try stage.records(of: "alerts.state", partitions: 3)
      told = records.count
      return records.contains { $0.value.contains("data_unavailable") }
    }
    try stage.waitFor("its own word") {
      let read = try stage.store().offsets().filter { $0.key.topic == "alerts.state" }.values.reduce(0, +)
      return read >= told
    }
    try stage.stop(router)
    let reasons = try stage.store().decisions(subject: "stream").map(\.reason)
    #expect(reasons.filter { $0 != .delivered } == [.grouped, .sent])
  }

  @Test("a heartbeat over HTTP ends a silence")
  func heartbeat() throws {
    let rules = Stage.rules.replacing("silent_after: never", with: "silent_after: 1s")
    let stage = try Stage(rules: rules.replacing("group_wait: 0s", with: "group_wait: 0s, group_interval: 1s"))
    let router = try stage.start(environment: ["DEALPULSE_ROUTER_TOKEN": "t0k3n"])
    try stage.waitFor("the alarm") { stage.server.received.contains { $0.body.contains("Data unavailable") } }
    let port = try String(contentsOf: stage.path("store.port"), encoding: .utf8)
    let beat = ["-X", "POST", "-H", "Authorization: Bearer t0k3n", "http://127.0.0.1:\(port)/v1/heartbeat"]
    #expect(try curl(beat).status == "202")
    try stage.waitFor("the end of the alarm") {
      stage.server.received.contains { $0.body.contains("\"purpose\":\"resolved\"") }
    }
    try stage.stop(router)
  }
}
