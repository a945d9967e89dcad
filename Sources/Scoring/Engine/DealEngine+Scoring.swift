import Deals

extension DealEngine {
  /// Scores a deal at an instant of its life, keeps the score in its state and asks for the event to be published.
  mutating func score(
    _ place: Int32, _ trigger: RiskTrigger, at instant: Timestamp, _ source: SourcePosition,
    _ baselines: inout Baselines, into output: inout EngineOutput
  ) {
    guard var state = deals.state(at: place), let id = deals.id(at: place) else { return }
    let features = DealFeatures(state, at: instant)
    let assessment = settings.model.assess(features, &baselines)
    if trigger != .ageing { state.flags.remove(.stale) }
    let flags = state.flags.union(assessment.flags)
    output.risks.append(
      RiskEvent(
        eventID: Self.eventID(id, trigger, state, instant, source), dealID: id, trigger: trigger,
        score: assessment.score, winProbability: assessment.winProbability, tier: assessment.tier,
        percentile: baselines.percentile(of: assessment.score), previousScore: state.prediction?.score,
        previousTier: state.tier, components: assessment.components,
        reasons: Reasons.words(for: assessment, features, flags),
        actions: settings.playbook.actions(
          for: features, tier: assessment.tier, settings.baselines, &baselines),
        flags: flags, amount: state.amount, descriptors: state.descriptors, stage: state.stage,
        ageDays: features.ageDays, daysInStage: features.daysInStage, expectedCloseAt: state.expectedCloseAt,
        model: settings.model.id, configurationHash: settings.configurationHash, source: source,
        baselineOffset: baselines.offset, occurredAt: instant, scoredAt: instant, mode: .backfill))
    state.tier = assessment.tier
    state.prediction = Prediction(
      model: settings.model.id, winProbability: assessment.winProbability, score: assessment.score,
      scoredAt: instant, baselineOffset: baselines.offset)
    deals.write(state, at: place)
    counters.scored[trigger, default: 0] += 1
  }

  /// The identity of a score. A change is known by its source position. A due date is known by the stay in the stage and
  /// the instant: it may be honoured after a different number of other deals' changes when a scorer starts again.
  private static func eventID(
    _ id: DealID, _ trigger: RiskTrigger, _ state: DealState, _ instant: Timestamp, _ source: SourcePosition
  ) -> EventID {
    var hash = IdentityHash()
    hash.combine(id.text)
    hash.combine(UInt64(trigger.rawValue))
    if trigger == .ageing {
      hash.combine(UInt64(bitPattern: state.stageEnteredAt.milliseconds))
      hash.combine(UInt64(bitPattern: instant.milliseconds))
    } else {
      hash.combine(UInt64(UInt32(bitPattern: source.partition)))
      hash.combine(UInt64(bitPattern: source.offset))
    }
    return hash.finish()
  }
}

extension DealFeatures {
  /// What a model sees of a deal at an instant; of a closed deal its age is its cycle.
  public init(_ state: DealState, at instant: Timestamp) {
    let end = min(instant, state.status.closedAt ?? instant)
    self.init(
      descriptors: state.descriptors, stage: state.stage, amount: state.amount,
      ageDays: max(0, end.days(since: state.createdAt)), daysInStage: max(0, end.days(since: state.stageEnteredAt)))
  }
}
