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

  /// The sink as a process: its server must not wait for the threads that tests block.
  private final class Sink {
    struct NotStarted: Error {}

    let http: String
    let smtp: String
    private let process = Process()

    init() throws {
      let ports = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).ports").path
      let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
      process.executableURL = tests.appendingPathComponent("alert-router")
      process.arguments = ["sink", "--port-file", ports]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      let deadline = Date(timeIntervalSinceNow: 60)
      var words: [String] = []
      while words.count != 2 {
        guard Date() < deadline, process.isRunning else { throw NotStarted() }
        words = ((try? String(contentsOfFile: ports, encoding: .utf8)) ?? "").split(separator: " ").map(String.init)
        usleep(20_000)
      }
      (http, smtp) = (words[0], words[1])
    }

    deinit { kill(process.processIdentifier, SIGKILL) }

    func page() throws -> String {
      let curl = Process()
      curl.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      curl.arguments = ["curl", "-s", "-m", "20", "http://127.0.0.1:\(http)/"]
      let pipe = Pipe()
      curl.standardOutput = pipe
      try curl.run()
      defer { curl.waitUntilExit() }
      return String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }

    var slack: String {
      "out: {type: slack, token_env: T, channel: \"#deals\", url: \"http://127.0.0.1:\(http)\", "
        + "allow_private_addresses: true}"
    }

    var mail: String {
      "out: {type: email, server: \"smtp://127.0.0.1:\(smtp)\", from: a@b.test, to: cro@acme.test, "
        + "require_tls: false, allow_private_addresses: true}"
    }
  }

  @Test("a Slack message and a mail are listed on the page as a reader would see them")
  func listed() throws {
    let sink = try Sink()
    try deliver(sink.slack)
    try deliver(sink.mail)
    let page = try sink.page()
    #expect(page.contains("slack → #deals"))
    #expect(page.contains("<b>D1 ($90K, EdTech)</b> has stood in Proposal for 20 days."))
    #expect(page.contains("email → cro@acme.test"))
    #expect(page.contains("<iframe sandbox srcdoc=\"&lt;!DOCTYPE html&gt;"))
  }

  @Test("hostile text in a deal can't become markup on the page")
  func hostile() throws {
    let sink = try Sink()
    try deliver(sink.slack, industry: "<script>alert(1)</script><!channel>\"onload=")
    let page = try sink.page()
    #expect(!page.contains("<script>"))
    #expect(!page.contains("<!channel>"))
    #expect(page.contains("&lt;script&gt;"))
  }

  @Test("mrkdwn links and bold words are shown, and a link of another kind than http is only text")
  func markup() {
    #expect(
      SlackRendering.markup("*Trends* <https://a.test/?x=1&amp;y=2|wrong> a&lt;b")
        == "<b>Trends</b> <a href=\"https://a.test/?x=1&amp;y=2\">wrong</a> a&lt;b")
    #expect(SlackRendering.markup("<javascript:alert(1)|here>") == "<b>here</b>")
  }
}
