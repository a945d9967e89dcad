import AlertDelivery
import Deals
import Foundation
import Testing

/// A deal that is over is at risk no more, whichever topic says so first.
@Suite(.serialized) struct ClosingTests {
  @Test("a deal that closes is said to be over, with its outcome")
  func closes() throws {
    let stage = try Stage()
    let router = try stage.start()
    try stage.send([try Stage.event("D1", offset: 5)])
    try stage.waitFor("the alert") { stage.arrivals.count == 1 }
    try stage.write(Stage.rules.replacing("group_wait: 0s", with: "group_wait: 0s, group_interval: 1s"))
    kill(router.processIdentifier, SIGHUP)
    try stage.waitFor("the rules") { stage.log().contains("rules read again") }
    try stage.send([try Stage.won("D1", offset: 9)])
    try stage.waitFor("the end of the alert") { stage.arrivals.count == 2 }
    #expect(stage.arrivals[1].body.contains("\"purpose\":\"resolved\""))
    #expect(stage.arrivals[1].body.contains("\"news\":\"won\""))
    try stage.stop(router)
  }

  @Test("a score from before the close that is read after it opens nothing; one from after a reopening does")
  func order() throws {
    let stage = try Stage()
    try stage.send([try Stage.won("D1", offset: 9), try Stage.won("D2", offset: 9)])
    let router = try stage.start()
    try stage.waitFor("the ledger") {
      let offsets = try stage.store().offsets()
      return offsets[InputPartition("deals.outcomes", 0)] == 2
    }
    try stage.send([try Stage.event("D1", offset: 5), try Stage.event("D2", offset: 12), try Stage.event("D3")])
    try stage.waitFor("two alerts") { stage.arrivals.count == 2 }
    try stage.stop(router)
    #expect(Set(stage.arrivals.map(\.deal)) == ["D2", "D3"])
    #expect(try stage.store().decisions(subject: "D1").map(\.reason) == [.closed])
  }

  @Test("a deal that was deleted, a null value on deals.risk, is said to be over")
  func deleted() throws {
    let stage = try Stage(
      rules: Stage.rules.replacing("group_wait: 0s", with: "group_wait: 0s, group_interval: 1s"))
    let router = try stage.start()
    try stage.send([try Stage.event("D1")])
    try stage.waitFor("the alert") { stage.arrivals.count == 1 }
    try stage.produce(to: "deals.risk") { send in try send("D1", nil, nil) }
    try stage.waitFor("the end of the alert") { stage.arrivals.count == 2 }
    #expect(stage.arrivals[1].body.contains("\"news\":\"deleted\""))
    try stage.stop(router)
  }
}
