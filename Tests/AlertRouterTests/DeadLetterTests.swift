import AlertDelivery
import Deals
import Foundation
import Testing

@Suite(.serialized) struct DeadLetterTests {
  @Test("a record of any input that can't be read is among the dead letters with the reason, and the stream goes on")
  func deadLetters() throws {
    let stage = try Stage()
    for topic in ["deals.risk", "deals.trends", "deals.reports", "deals.outcomes", "alerts.state"] {
      try stage.produce(to: topic) { send in try send("bad", Array("{\"no\":".utf8), 0) }
    }
    try stage.produce(to: "deals.risk") { send in try send("\u{1}", nil, 0) }
    try stage.send([try Stage.event("D1")])
    let router = try stage.start()
    try stage.waitFor("the alert behind them") { stage.arrivals.map(\.deal) == ["D1"] }
    try stage.stop(router)
    let letters = try stage.records(of: "deals.dead-letter", partitions: 3)
    #expect(letters.count == 6)
    #expect(
      Set(letters.compactMap { $0.headers["dl_topic"] }) == [
        "deals.risk", "deals.trends", "deals.reports", "deals.outcomes", "alerts.state",
      ])
    #expect(
      Set(letters.compactMap { $0.headers["dl_code"] }) == ["malformed_json", "unreadable_state", "invalid_deal_id"])
    #expect(letters.allSatisfy { $0.headers["dl_text"]?.isEmpty == false && $0.headers["dl_offset"] != nil })
  }

  @Test("a router that is stopped before a dead letter is written loses no alert that was read with it")
  func stopped() throws {
    let stage = try Stage()
    let first = try stage.start()
    try stage.send([try Stage.event("D0")])
    try stage.waitFor("the first alert") { stage.arrivals.count == 1 }
    try stage.setWritable("deals.dead-letter", false)
    let deals = (0...50).map { "D\($0)" }
    try stage.produce(to: "deals.risk") { send in
      try send("bad", Array("{\"no\":".utf8), 0)
      for deal in deals {
        var writer = JSONWriter()
        writer.riskEvent(try Stage.event(deal))
        try send(deal, writer.bytes, 0)
      }
    }
    try stage.waitFor("the dead letter") { stage.log().contains("dead letter") }
    try stage.stop(first)
    #expect(stage.arrivals.count == 1)
    try stage.setWritable("deals.dead-letter", true)
    let second = try stage.start()
    try stage.waitFor("the alerts") { Set(stage.arrivals.map(\.deal)) == Set(deals) }
    try stage.stop(second)
    #expect(try stage.records(of: "deals.dead-letter", partitions: 3).count == 1)
  }
}
