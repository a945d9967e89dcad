import Deals

@testable import Trends

extension PipelineScore {
  /// A score of a deal, all else at its plainest.
  static func of(
    _ id: String, at time: Timestamp, _ trigger: RiskTrigger = .created, rep: Symbol = "rep_1",
    industry: Symbol = "SaaS", source: Symbol = "Inbound", stage: Stage = .demo, flags: RiskFlags = [],
    amount: Double = 10_000
  ) -> PipelineScore {
    guard let id = DealID(id) else { preconditionFailure("\(id) is no id") }
    let event = RiskEvent(
      eventID: EventID(text: id.text), dealID: id, trigger: trigger, score: RiskScore(points: 57),
      winProbability: Probability(0.43), tier: .high, percentile: nil, previousScore: nil, previousTier: nil,
      components: [], reasons: [], actions: [], flags: flags, amount: Money(units: amount),
      descriptors: Descriptors(rep: rep, industry: industry, leadSource: source), stage: stage, ageDays: 0,
      daysInStage: 0, expectedCloseAt: nil, model: "weighted-v1", configurationHash: "default",
      source: SourcePosition(partition: 0, offset: 0), baselineOffset: 0, occurredAt: time, scoredAt: time,
      mode: .backfill)
    return PipelineScore(event)
  }
}
