import Deals

/// The members of a risk event by their names on the wire.
enum RiskEventFields {
  /// The names of the members in which two scores differ, in the order of the wire.
  static func differing(_ left: RiskEvent, _ right: RiskEvent) -> [String] {
    let members: [(String, (RiskEvent) -> AnyHashable)] = [
      ("event_id", { $0.eventID }), ("deal_id", { $0.dealID }), ("trigger", { $0.trigger }),
      ("occurred_at", { $0.occurredAt }), ("score", { $0.score }), ("win_probability", { $0.winProbability }),
      ("tier", { $0.tier }), ("percentile", { $0.percentile }), ("previous_score", { $0.previousScore }),
      ("previous_tier", { $0.previousTier }), ("components", { $0.components }), ("reasons", { $0.reasons }),
      ("actions", { $0.actions }), ("flags", { $0.flags.rawValue }), ("amount", { $0.amount }),
      ("stage", { $0.stage }), ("descriptors", { $0.descriptors }), ("age_days", { $0.ageDays }),
      ("days_in_stage", { $0.daysInStage }), ("expected_close_at", { $0.expectedCloseAt }), ("model", { $0.model }),
      ("configuration_hash", { $0.configurationHash }), ("source_offset", { $0.source }),
      ("baseline_offset", { $0.baselineOffset }),
    ]
    return members.filter { $0.1(left) != $0.1(right) }.map(\.0)
  }
}
