import Foundation
import Kafka
import Programs

/// The demo's alert router, and the stand-in for Slack and a mail server that it writes to.
final class DemoRouter {
  /// Where the page is that lists the messages.
  let page: String
  private let sink: ChildProcess
  private let router: ChildProcess
  private let messages: FileHandle?

  init(_ stage: DemoStage) throws {
    let (ports, log) = (stage.path("sink-ports"), stage.path("messages.log"))
    sink = try ChildProcess("alert-router", ["sink", "--port-file", ports], log: log)
    let found = try Self.ports(in: ports, of: sink, log: log)
    page = "http://127.0.0.1:\(found.http)/"
    messages = FileHandle(forReadingAtPath: log)
    let rules = stage.path("router.yaml")
    try Self.rules(http: found.http, smtp: found.smtp, at: Date()).write(
      toFile: rules, atomically: true, encoding: .utf8)
    // The token of a Slack that is none.
    setenv("DEMO_SLACK_TOKEN", "demo", 1)
    router = try ChildProcess(
      "alert-router",
      [
        "run", "--config", rules, "--store", stage.path("alert-router.sqlite"), "--bootstrap-servers", stage.servers,
        "--session-timeout", "6000", "--listen", "127.0.0.1:0", "--log-format", "text",
      ], log: stage.path("router.log"))
  }

  private static func ports(
    in file: String, of sink: ChildProcess, log: String
  ) throws -> (http: String, smtp: String) {
    let deadline = Date().addingTimeInterval(15)
    while Date() < deadline, sink.isRunning {
      let words = ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "").split(separator: " ").map(String.init)
      if words.count == 2 { return (words[0], words[1]) }
      DedicatedThread.pause(milliseconds: 20)
    }
    throw Failure(text: "the message sink did not start: see \(log)")
  }

  /// What the sink has printed since the last call.
  func newMessages() -> String {
    let data = messages?.readDataToEndOfFile() ?? Data()
    return String(decoding: data, as: UTF8.self)
  }

  func stop() {
    router.stop()
    sink.stop()
  }

  /// Slack for each critical deal and for groups of others, and the weekly email, which here comes after a minute or two. It
  /// speaks of smaller deals and of medium risk too: a demo has few deals.
  private static func rules(http: String, smtp: String, at now: Date) -> String {
    let due = now.addingTimeInterval(100)
    func format(_ pattern: String) -> String {
      let formatter = DateFormatter()
      formatter.locale = Locale(identifier: "en_US_POSIX")
      formatter.timeZone = .gmt
      formatter.dateFormat = pattern
      return formatter.string(from: due)
    }
    return """
      time_zone: UTC
      receivers:
        slack: {type: slack, token_env: DEMO_SLACK_TOKEN, channel: "#deals", url: "http://127.0.0.1:\(http)",
                allow_private_addresses: true}
        mail: {type: email, server: "smtp://127.0.0.1:\(smtp)", from: dealpulse@demo.invalid, to: cro@demo.invalid,
               require_tls: false, allow_private_addresses: true}
      thresholds: {amount: 10000, points: 5}
      deduplication: {opens_at: Medium, closes_below: 45, minimum_open: 1m}
      storm: {messages: 20, within: 1m}
      silent_after: 5m
      inhibit:
        - {source: ["kind=trend_shift", "points<0"], target: ["kind=deal_risk", "tier!=Critical"], within_segment: true}
      route:
        name: sales
        receiver: slack
        group_by: [kind]
        group_wait: 5s
        group_interval: 20s
        routes:
          - {name: critical, matchers: ["tier=Critical"], group_by: ["..."], group_wait: 0s}
      digests:
        - {name: weekly, every: week, on: \(format("EEEE").lowercased()), at: "\(format("HH:mm"))", receiver: mail}
      """
  }
}
