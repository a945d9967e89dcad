import AlertDelivery
import Deals
import Foundation
import Testing

@Suite(.serialized) struct ReloadTests {
  @Test("SIGHUP reads the rules again; a file with faults is told with its line, and the old rules stay")
  func reload() throws {
    let stage = try Stage()
    let router = try stage.start()
    try stage.send([try Stage.event("D1")])
    try stage.waitFor("the first alert") { stage.arrivals.count == 1 }
    try stage.write("receivers: {out: {type: webhook}}\nroute: {receiver: nobody}\n")
    kill(router.processIdentifier, SIGHUP)
    try stage.waitFor("the faults") { stage.log().contains("the old ones stay") }
    #expect(stage.log().contains("router.yaml:1"))
    try stage.send([try Stage.event("D2")])
    try stage.waitFor("an alert by the old rules") { stage.arrivals.count == 2 }
    try stage.write(Stage.rules + "\nthresholds: {amount: 1000000, points: 50}\n")
    kill(router.processIdentifier, SIGHUP)
    try stage.waitFor("the new rules") { stage.log().contains("rules read again") }
    try stage.send([try Stage.event("D3"), try Stage.event("D4", dollars: 2_000_000)])
    try stage.waitFor("an alert by the new rules") { stage.arrivals.count == 3 }
    // Another partition may be read later.
    try stage.waitFor("the decision on D3") { try !stage.store().decisions(subject: "D3").isEmpty }
    try stage.stop(router)
    #expect(stage.arrivals.map(\.deal) == ["D1", "D2", "D4"])
    #expect(try stage.store().decisions(subject: "D3").map(\.reason) == [.belowThreshold])
  }
}
