import AlertDelivery
import Alerts
import Deals
import Foundation
import Testing

@testable import AlertRouter

/// The stand-in for Slack and a mail server, fed by the real receivers.
@Suite(.serialized) struct SinkTests {
  private let noon = Timestamp(milliseconds: 1_772_452_800_000)

  /// Delivers one message about a deal by a receiver.
  private func deliver(_ receiver: String, industry: String = "EdTech") throws {
    let yaml = "receivers:\n  \(receiver)\nroute: {receiver: out, group_by: [\"...\"], group_wait: 0s}\n"
    let rules = try RulesLoader.load(yaml: yaml, file: "router.yaml")
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sqlite").path
    let store = try RouterStore(path: path)
    var pipeline = AlertPipeline(rules)
    _ = pipeline.take(AlertSource(try Stage.event("D1", industry: industry)), at: noon)
    try store.commit(&pipeline, messages: pipeline.tick(at: noon).messages, decisions: [], offsets: [:])
    let settings = try #require(rules.receivers["out"])
    let step = try Deliverer(store, Receiver(settings, try MessageTemplates(), secret: { _ in "token" })).step(at: noon)
    guard case .sent = step else {
      Issue.record("\(step)")
      return
    }
  }

  @Test("a Slack message and a mail are printed in words and listed on the page as a reader would see them")
  func listed() throws {
    let sink = try MessageSink { _ in }
    defer { sink.stop() }
    let mail = try SMTPSink { bytes, to in sink.take(MailReading.message(bytes, to: to)) }
    defer { mail.close() }
    try deliver(
      "out: {type: slack, token_env: T, channel: \"#deals\", url: \"http://127.0.0.1:\(sink.port)\", allow_private_addresses: true}"
    )
    try deliver(
      "out: {type: email, server: \"smtp://127.0.0.1:\(mail.port)\", from: a@b.test, to: cro@acme.test, require_tls: false, allow_private_addresses: true}"
    )
    let page = sink.page
    #expect(page.contains("slack → #deals"))
    #expect(page.contains("<b>D1 ($90K, EdTech)</b> has stood in Proposal for 20 days."))
    #expect(page.contains("email → cro@acme.test"))
    #expect(page.contains("<iframe sandbox srcdoc=\"&lt;!DOCTYPE html&gt;"))
  }

  @Test("hostile text in a deal can't become markup on the page")
  func hostile() throws {
    let sink = try MessageSink { _ in }
    defer { sink.stop() }
    try deliver(
      "out: {type: slack, token_env: T, channel: \"#deals\", url: \"http://127.0.0.1:\(sink.port)\", allow_private_addresses: true}",
      industry: "<script>alert(1)</script><!channel>\"onload=")
    #expect(!sink.page.contains("<script>"))
    #expect(!sink.page.contains("<!channel>"))
    #expect(sink.page.contains("&lt;script&gt;"))
  }

  @Test("mrkdwn links and bold words are shown, and a link of another kind than http is only text")
  func markup() {
    #expect(
      SlackRendering.markup("*Trends* <https://a.test/?x=1&amp;y=2|wrong> a&lt;b")
        == "<b>Trends</b> <a href=\"https://a.test/?x=1&amp;y=2\">wrong</a> a&lt;b")
    #expect(SlackRendering.markup("<javascript:alert(1)|here>") == "<b>here</b>")
  }
}
