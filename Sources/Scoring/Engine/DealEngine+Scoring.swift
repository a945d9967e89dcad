import Deals

extension DealEngine {
  /// Scores a deal at an instant of its life, keeps the score in its state and asks for the event to be published.
  mutating func score(
    _ place: Int32, _ trigger: RiskTrigger, at instant: Timestamp, _ source: SourcePosition,
    _ baselines: inout Baselines, into output: inout EngineOutput
  ) {
    guard let id = deals.id(at: place) else { return }
    deals.willChange(place)
    if trigger != .ageing { deals[place].flags.remove(.stale) }
    let features = DealFeatures(deals[place], at: instant)
    let assessment = settings.model.assess(features, &baselines)
    let flags = deals[place].flags.union(assessment.flags)
    output.risks.append(
      RiskEvent(
        eventID: Self.eventID(id, trigger, stageEnteredAt: deals[place].stageEnteredAt, instant, source), dealID: id,
        trigger: trigger, score: assessment.score, winProbability: assessment.winProbability, tier: assessment.tier,
        percentile: baselines.percentile(of: assessment.score), previousScore: deals[place].prediction?.score,
        previousTier: deals[place].tier, components: assessment.components,
        reasons: settings.writesWords ? reasons.of(assessment, features, flags) : [],
        actions: settings.writesWords
          ? settings.playbook.actions(for: features, tier: assessment.tier, settings.baselines, &baselines) : [],
        flags: flags, amount: features.amount, descriptors: features.descriptors, stage: features.stage,
        ageDays: features.ageDays, daysInStage: features.daysInStage, expectedCloseAt: deals[place].expectedCloseAt,
        model: settings.model.id, configurationHash: settings.configurationHash, source: source,
        baselineOffset: baselines.offset, occurredAt: instant, scoredAt: instant, mode: .backfill))
    deals[place].tier = assessment.tier
    deals[place].prediction = Prediction(
      model: settings.model.id, winProbability: assessment.winProbability, score: assessment.score,
      scoredAt: instant, baselineOffset: baselines.offset)
    counters.scored[trigger] += 1
  }

  /// The identity of a score. A change is known by its source position. A due date is known by the stay in the stage and
  /// the instant: it may be honoured after a different number of other deals' changes when a scorer starts again.
  private static func eventID(
    _ id: DealID, _ trigger: RiskTrigger, stageEnteredAt: Timestamp, _ instant: Timestamp, _ source: SourcePosition
  ) -> EventID {
    var hash = IdentityHash()
    hash.combine(id.text)
    hash.combine(UInt64(trigger.rawValue))
    if trigger == .ageing {
      hash.combine(UInt64(bitPattern: stageEnteredAt.milliseconds))
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
  @inline(__always)
  public init(_ state: DealState, at instant: Timestamp) {
    let end = min(instant, state.status.closedAt ?? instant)
    self.init(
      descriptors: state.descriptors, stage: state.stage, amount: state.amount,
      ageDays: max(0, end.days(since: state.createdAt)), daysInStage: max(0, end.days(since: state.stageEnteredAt)))
  }
}
