import AlertDelivery
import Alerts
import Deals
import Foundation
import Testing

/// The store says how far the input was read; the topics may say otherwise.
@Suite(.serialized) struct StorePositionTests {
  private func stage(storedNext: Int64) throws -> Stage {
    let stage = try Stage()
    var pipeline = AlertPipeline(try StoredAlert.rules())
    let offsets = [InputPartition("deals.risk", 0): storedNext, InputPartition("deals.risk", 1): storedNext]
    try stage.store().commit(&pipeline, messages: [], decisions: [], offsets: offsets)
    return stage
  }

  @Test("records of a topic that was made anew are read though the store is ahead of it, which is said")
  func madeAnew() throws {
    let stage = try stage(storedNext: 50)
    try stage.send([try Stage.event("D1")])
    let router = try stage.start()
    try stage.waitFor("the alert") { stage.arrivals.map(\.deal) == ["D1"] }
    try stage.stop(router)
    #expect(stage.log().contains("the store is ahead of the topic"))
  }

  @Test("records that the store has taken in are passed over, which is said")
  func passedOver() throws {
    let stage = try stage(storedNext: 1)
    try stage.produce(to: "deals.risk") { send in
      for deal in ["D1", "D2"] {
        var writer = JSONWriter()
        writer.riskEvent(try Stage.event(deal))
        try send(deal, writer.bytes, 0)
      }
      var writer = JSONWriter()
      writer.riskEvent(try Stage.event("D3"))
      try send("D3", writer.bytes, 1)
    }
    let router = try stage.start()
    try stage.waitFor("the alert") { stage.arrivals.map(\.deal) == ["D2"] }
    try stage.stop(router)
    #expect(stage.log().contains("are passed over"))
  }
}
