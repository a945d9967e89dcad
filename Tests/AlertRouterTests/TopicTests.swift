import Foundation
import Testing

@Suite(.serialized) struct TopicTests {
  @Test("a cluster without the router's topics ends it with the command that makes them")
  func missing() throws {
    let stage = try Stage()
    let router = try stage.start(["--topic-prefix", "acme."])
    try stage.waitFor("the end") { !router.isRunning }
    #expect(router.terminationStatus == 3)
    #expect(stage.log().contains("there is no acme.deals.risk, acme.deals.trends"))
    #expect(stage.log().contains("dealpulse topics apply --topic-prefix acme."))
  }
}
