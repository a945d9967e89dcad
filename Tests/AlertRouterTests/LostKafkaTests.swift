import Foundation
import Testing

/// A router that loses Kafka hears nothing any more, and says so.
@Suite(.serialized) struct LostKafkaTests {
  private static let rules = Stage.rules.replacing("silent_after: never", with: "silent_after: 1s")
    .replacing("group_wait: 0s", with: "group_wait: 0s, group_interval: 1s")

  @Test("the brokers are away: that is said once, the router is not healthy, and the end is said when they are back")
  func away() throws {
    let stage = try Stage(rules: Self.rules)
    func said(_ purpose: String) -> Int {
      stage.server.received.filter {
        $0.body.contains("no place in its group") && $0.body.contains("\"purpose\":\"\(purpose)\"")
      }.count
    }
    let router = try stage.start()
    try stage.waitFor("its partitions") { stage.log().contains("partitions assigned") }
    try stage.broker.takeDown(broker: 1)
    try stage.waitFor("the alarm") { said("alert") == 1 }
    let port = try String(contentsOf: stage.path("store.port"), encoding: .utf8)
    func health() throws -> String { try curl(["http://127.0.0.1:\(port)/healthz"]).status }
    try stage.waitFor("the fault") { try health() == "503" }
    try stage.broker.bringUp(broker: 1)
    try stage.waitFor("the end of the alarm") { said("resolved") == 1 }
    try stage.waitFor("health") { try health() == "200" }
    try stage.stop(router)
    #expect(said("alert") == 1)
    #expect(said("resolved") == 1)
  }
}
