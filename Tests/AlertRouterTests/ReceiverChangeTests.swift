import AlertDelivery
import Deals
import Foundation
import Testing

/// Receivers change while messages wait and alerts are open.
@Suite(.serialized) struct ReceiverChangeTests {
  /// The rules with another receiver, which nobody answers for.
  private static let deaf = Stage.rules.replacing("{out:", with: "{hook:").replacing(
    "receiver: out", with: "receiver: hook"
  )
  .replacing("URL/", with: "http://127.0.0.1:1/")

  @Test("a receiver is renamed: what waited for the old one, and what its groups say next, goes to the new one")
  func renamed() throws {
    let stage = try Stage()
    try stage.write(Self.deaf)
    let before = try stage.start()
    try stage.send([try Stage.event("D1")])
    try stage.waitFor("a try") { try stage.store().entries(state: "pending").contains { $0.attempts > 0 } }
    try stage.stop(before)
    try stage.write(Stage.rules.replacing("group_wait: 0s", with: "group_wait: 0s, group_interval: 1s"))
    let after = try stage.start()
    try stage.waitFor("what waited") { stage.arrivals.map(\.deal) == ["D1"] }
    #expect(stage.log().contains("no receiver hook any more: a message for it goes to out"))
    try stage.send([try Stage.event("D1", score: 80, tier: .critical)])
    try stage.waitFor("the news") { stage.arrivals.count == 2 }
    try stage.waitFor("the results") { try stage.store().entries(state: "sent").count == 2 }
    try stage.stop(after)
    #expect(try stage.store().latest(limit: 9).map(\.message.receiver) == ["out", "out"])
  }

  @Test("SIGHUP takes other receivers, feedback links and a heartbeat: what waits goes where the new rules say")
  func reloaded() throws {
    let stage = try Stage()
    try stage.write(Self.deaf)
    let router = try stage.start(environment: ["FEEDBACK": "0123456789abcdef"])
    try stage.send([try Stage.event("D1")])
    try stage.waitFor("a try") { try stage.store().entries(state: "pending").contains { $0.attempts > 0 } }
    try stage.write(Stage.rules + "\nfeedback: {url: \"http://dp.test\", secret_env: NOT_SET_HERE}\n")
    kill(router.processIdentifier, SIGHUP)
    try stage.waitFor("the refusal") { stage.log().contains("NOT_SET_HERE") }
    try stage.write(
      Stage.rules + "\nfeedback: {url: \"http://dp.test\", secret_env: FEEDBACK}\nheartbeat_url: URL/alive\n")
    kill(router.processIdentifier, SIGHUP)
    try stage.waitFor("what waited") { stage.arrivals.map(\.deal) == ["D1"] }
    try stage.waitFor("the heartbeat") { stage.server.received.contains { $0.head.hasPrefix("POST /alive") } }
    #expect(stage.arrivals[0].body.contains("http:\\/\\/dp.test\\/feedback?"))
    try stage.send([try Stage.event("D2")])
    try stage.waitFor("an alert by the new rules") { stage.arrivals.map(\.deal) == ["D1", "D2"] }
    try stage.waitFor("the results") { try stage.store().entries(state: "sent").count == 2 }
    try stage.stop(router)
  }
}
