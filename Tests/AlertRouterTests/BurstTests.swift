import AlertDelivery
import Deals
import Foundation
import Testing

@Suite(.serialized) struct BurstTests {
  /// `DEALPULSE_BURST=100000 swift test --filter BurstTests` for the whole flood.
  private static var events: Int { Int(ProcessInfo.processInfo.environment["DEALPULSE_BURST"] ?? "") ?? 8_000 }

  @Test("a flood of risk events is a few messages and one digest, in bounded memory, and no deal is forgotten")
  func flood() throws {
    let rules = Stage.rules.replacing("storm: {messages: 100000}", with: "storm: {messages: 10, within: 5s}")
    let stage = try Stage(rules: rules, partitions: 16)
    var sent = 0
    while sent < Self.events {
      let end = min(Self.events, sent + 5_000)
      try stage.send(try (sent..<end).map { try Stage.event("D\($0)") })
      sent = end
    }
    let router = try stage.start()
    try stage.waitFor("the digest", seconds: 500) {
      try stage.store().openAlerts().count == Self.events
        && stage.server.received.contains { $0.body.contains("\"purpose\":\"storm\"") }
    }
    let status = try String(contentsOfFile: "/proc/\(router.processIdentifier)/status", encoding: .utf8)
    let peak = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }?.split(separator: " ").dropFirst().first
    let kibibytes = try #require(peak.flatMap { Int($0) })
    print("\(Self.events) events: \(stage.server.received.count) messages, \(kibibytes) KiB at the peak")
    try stage.stop(router)
    #expect(stage.server.received.count <= 40)
    // What a process takes by itself, and less than 8 KiB for each open alert: its state, its group, its row on the way.
    #expect(kibibytes < 120_000 + 8 * Self.events)
  }
}
