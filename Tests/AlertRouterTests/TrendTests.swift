import AlertDelivery
import Deals
import Foundation
import Testing

@Suite(.serialized) struct TrendTests {
  private func shift(_ phase: TrendShift.Phase) -> TrendShift {
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    return TrendShift(
      kind: .winRate, phase: phase, detector: .sequential, segment: "industry=EdTech",
      title: "EdTech wins 37% since January, 46% before", before: 0.46, after: 0.37, dealsBefore: 400, dealsAfter: 80,
      beganAt: now.adding(days: -30), openedAt: now, occurredAt: now, openAmount: Money(units: 900_000),
      action: "review the Outbound deals", ledgerOffset: 7, mode: .live)
  }

  @Test("a shift is told, speaks for the deals of its segment while it is open, and its end is told")
  func shifts() throws {
    let stage = try Stage(
      rules: Stage.rules.replacing("group_wait: 0s", with: "group_wait: 0s, group_interval: 1s")
        + "\ninhibit: [{source: [\"kind=trend_shift\", \"points<0\"], target: [\"kind=deal_risk\"], within_segment: true}]"
    )
    let router = try stage.start()
    func bodies(_ text: String) -> [String] { stage.server.received.map(\.body).filter { $0.contains(text) } }
    try stage.send(shift(.opened))
    try stage.waitFor("the shift") { bodies("EdTech wins 37% since January").count == 1 }
    try stage.send([
      try Stage.event("D1", industry: "EdTech"), try Stage.event("D2", industry: "SaaS"),
    ])
    try stage.waitFor("the deal of another segment") { stage.arrivals.map(\.deal) == ["D2"] }
    try stage.waitFor("the reason") { try stage.store().decisions(subject: "D1").map(\.reason).contains(.inhibited) }
    try stage.send(shift(.resolved))
    try stage.waitFor("the end of the shift") { !bodies("\"purpose\":\"resolved\"").isEmpty }
    try stage.waitFor("the deal that it spoke for") { Set(stage.arrivals.map(\.deal)) == ["D1", "D2"] }
    try stage.stop(router)
  }

  @Test("a report is kept for digests, and told to the other routers of the group")
  func reports() throws {
    let stage = try Stage()
    let router = try stage.start()
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    try stage.send(
      Report(
        kind: .drivers, period: "2026-W10", from: now.adding(days: -7), to: now, title: "What drives win rates",
        lines: ["Lead source: Partner 41%, Referral 49%"], figures: [], ledgerOffset: 9, mode: .live))
    try stage.waitFor("its offset") { try stage.store().offsets()[InputPartition("deals.reports", 0)] == 1 }
    try stage.stop(router)
    let told = try stage.records(of: "alerts.state", partitions: 3).filter { $0.key == "report/drivers/-" }
    #expect(told.count == 1)
    #expect(told.first?.value.contains("Lead source: Partner 41%, Referral 49%") == true)
  }
}
