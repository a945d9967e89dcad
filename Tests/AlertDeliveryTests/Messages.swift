import Alerts
import Deals
import Foundation

@testable import AlertDelivery

/// Messages for tests, made by a real pipeline.
enum Messages {
  static let noon = Timestamp(milliseconds: 1_772_452_800_000)

  static func rules(_ receiver: String = "out: {type: console}") throws -> RouterRules {
    let yaml = "receivers:\n  \(receiver)\nroute: {receiver: out, group_by: [\"...\"], group_wait: 0s}\n"
    return try RulesLoader.load(yaml: yaml, file: "router.yaml")
  }

  static func deal(_ id: String, industry: String = "EdTech") -> AlertSource {
    var source = AlertSource(eventID: id, kind: .dealRisk, subject: id, tier: .high, occurredAt: noon)
    source.score = RiskScore(points: 57)
    source.amount = Money(cents: 7_500_000)
    source.daysInStage = 82
    source.labels = ["industry": industry, "stage": "Proposal", "rep_id": "rep_22", "deal_id": id]
    source.reasons = ["rep_22 wins 40% (team 45%)"]
    source.actions = ["reassign to rep_21 or bring in the VP"]
    return source
  }

  static func make(_ sources: [AlertSource], _ pipeline: inout AlertPipeline) -> PipelineOutput {
    var output = PipelineOutput()
    for source in sources { output.decisions += pipeline.take(source, at: noon) }
    let made = pipeline.tick(at: noon)
    output.messages += made.messages
    output.decisions += made.decisions
    return output
  }

  static func store() throws -> (store: RouterStore, path: String) {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sqlite").path
    return (try RouterStore(path: path), path)
  }

  static func receiver(_ line: String, _ environment: [String: String] = [:]) throws -> Receiver {
    let rules = try rules(line)
    guard let settings = rules.receivers["out"] else { throw DeliveryFailure.permanent("no receiver out") }
    return Receiver(settings, try MessageTemplates(), secret: { environment[$0] }, print: { _ in })
  }
}
