import Configuration
import Deals

@testable import Alerts

/// A router under test with a clock of its own: statements in, messages out.
struct Story {
  var pipeline: AlertPipeline
  var now = Timestamp(rfc3339: "2026-03-02T09:00:00Z") ?? Timestamp(milliseconds: 0)
  var messages: [OutgoingMessage] = []
  var decisions: [Decision] = []

  init(_ yaml: String = "route: {receiver: out, group_by: [\"...\"], group_wait: 0s}") throws {
    let receivers = "receivers:\n  out: {type: console}\n  mail: {type: console}\n"
    pipeline = AlertPipeline(try RulesLoader.load(yaml: receivers + yaml, file: "router.yaml"))
  }

  init(_ rules: RouterRules) { pipeline = AlertPipeline(rules) }

  static func deal(
    _ id: String = "D1", score: Double = 58, tier: RiskTier = .high, dollars: Double = 75_000,
    _ labels: [String: String] = [:]
  ) -> AlertSource {
    var source = AlertSource(
      eventID: "\(id)-\(score)", kind: .dealRisk, subject: id, tier: tier, occurredAt: Timestamp(milliseconds: 0))
    source.score = RiskScore(points: score)
    source.amount = Money(units: dollars)
    source.labels = labels.merging(["deal_id": id]) { first, _ in first }
    return source
  }

  static func shift(_ segment: String, points: Double = -9) -> AlertSource {
    var source = AlertSource(
      eventID: segment, kind: .trendShift, subject: segment, tier: .high, occurredAt: Timestamp(milliseconds: 0))
    source.points = points
    source.labels["segment"] = segment
    return source
  }

  mutating func take(_ source: AlertSource) {
    var source = source
    source.occurredAt = now
    decisions += pipeline.take(source, at: now)
  }

  /// Lets time pass in steps, with a tick after each.
  mutating func pass(_ duration: String, step: String = "1m") {
    let (total, width) = (Self.milliseconds(duration), Self.milliseconds(step))
    let end = now.adding(milliseconds: total)
    tick()
    while now < end {
      now = min(end, now.adding(milliseconds: width))
      tick()
    }
  }

  mutating func tick() {
    let output = pipeline.tick(at: now)
    messages += output.messages
    decisions += output.decisions
  }

  static func milliseconds(_ text: String) -> Int64 { Milliseconds(configurationText: text)?.value ?? 0 }

  var purposes: [MessagePurpose] { messages.map(\.purpose) }
  func reasons(_ subject: String) -> [DecisionReason] { decisions.filter { $0.subject == subject }.map(\.reason) }
}
