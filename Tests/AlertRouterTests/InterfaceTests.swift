import AlertDelivery
import Deals
import Foundation
import Testing

/// The interface over HTTP, of a router that runs.
@Suite(.serialized) struct InterfaceTests {
  @Test("silence, acknowledge, ask why and judge a score over HTTP; the verdict is on deals.feedback")
  func interface() throws {
    let stage = try Stage(
      rules: Stage.rules + "\nfeedback: {url: \"http://127.0.0.1\", secret_env: FEEDBACK}\n")
    let router = try stage.start(environment: ["DEALPULSE_ROUTER_TOKEN": "t0k3n", "FEEDBACK": "0123456789abcdef"])
    try stage.waitFor("the port") { FileManager.default.fileExists(atPath: stage.path("store.port").path) }
    let port = try String(contentsOf: stage.path("store.port"), encoding: .utf8)
    let base = "http://127.0.0.1:\(port)"
    let token = ["-H", "Authorization: Bearer t0k3n"]
    try stage.waitFor("health") { try curl(["\(base)/healthz"]).status == "200" }
    #expect(try curl(["\(base)/v1/alerts"]).status == "401")
    let body = #"{"matchers": ["deal_id=D2"], "duration": "1d", "author": "ann", "comment": "known"}"#
    #expect(try curl(token + ["-d", body, "\(base)/v1/silences"]).status == "201")
    try stage.waitFor("the silence") { try curl(token + ["\(base)/v1/silences"]).body.contains("\"active\"") }
    try stage.send([try Stage.event("D1"), try Stage.event("D2")])
    try stage.waitFor("the one alert") { stage.arrivals.count == 1 }
    try stage.waitFor("the reason") {
      try curl(token + ["\(base)/v1/why?deal=D2"]).body.contains("\"silenced\"")
    }
    #expect(try curl(token + ["\(base)/v1/alerts"]).body.contains("\"D1\""))
    #expect(try curl(token + ["-d", #"{"deal": "D1", "author": "ann"}"#, "\(base)/v1/acks"]).status == "202")
    try stage.waitFor("the result") { try curl(token + ["\(base)/v1/messages"]).body.contains("\"state\":\"sent\"") }

    let links = FeedbackLinks(base: base, secret: "0123456789abcdef", validMilliseconds: 3_600_000)
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    let text = try RenderedAlert.text(try Stage.event("D1"), links, by: "max", at: now)
    let link = try #require(text.split(separator: "\n").first { $0.contains("wrong: ") })
      .trimmingCharacters(in: .whitespaces).replacing("wrong: ", with: "")
    #expect(try curl([link]).body.contains("The score of D1"))
    let form = String(link.drop { $0 != "?" }.dropFirst()) + "&reason=signed"
    #expect(try curl(["-d", form, "\(base)/feedback"]).status == "200")
    try stage.waitFor("the verdict on its topic") { try stage.store().unpublishedFeedback(limit: 9).isEmpty }
    try stage.stop(router)
    let records = try stage.records(of: "deals.feedback", partitions: 3)
    #expect(records.map(\.key) == ["D1"])
    #expect(records.first?.value.contains("\"verdict\":\"wrong\",\"reason\":\"signed\",\"by\":\"max\"") == true)
    #expect(records.first?.headers["ce_type"] == MessageType.feedback.rawValue)
    #expect(!stage.log().contains("t0k3n"))
  }
}
