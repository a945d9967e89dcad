/// The names of members that we read. The reader knows them by number, so that no text is compared twice.
enum WireKey: UInt16, CaseIterable {
  // The number of the first is 1: 0 stands for any other name.
  case eventID = 1
  case dealID, change, occurredAt, previousStage, synthetic, deal, createdAt, stage, amount, currency, repID, industry
  case region, productType, leadSource, expectedCloseAt, outcome, closedAt, lossReason, engagement, lastContactAt
  case emails30Days, meetings30Days, stakeholders, version, sourcePartition, sourceOffset, adds, retracts, predictions
  case model, winProbability, score, scoredAt, baselineOffset, stageEnteredAt, lastChangedAt, recentEvents, agedSteps
  case regressions, flags, tier, prediction, challenger, deleted, nextOffset, streamTime, live, trigger, percentile
  case previousScore, previousTier, components, factor, value, winRate, deals, weight, contribution, reasons, actions
  case id, text, ageDays, daysInStage, configurationHash, mode, verdict, reason, by, at
  case shiftID, kind, phase, detector, segment, title, before, after, dealsBefore, dealsAfter, evidence, evidenceNeeded
  case beganAt, beganFrom, beganTo, openedAt, openDeals, openAmount, driver, action, ledgerOffset
  case period, from, to, subject, lines, figures, labels, name, lateOutcomes, writer, partitions

  /// The name on the wire.
  var name: String {
    switch self {
    case .eventID: "event_id"
    case .dealID: "deal_id"
    case .occurredAt: "occurred_at"
    case .previousStage: "previous_stage"
    case .createdAt: "created_at"
    case .repID: "rep_id"
    case .productType: "product_type"
    case .leadSource: "lead_source"
    case .expectedCloseAt: "expected_close_at"
    case .closedAt: "closed_at"
    case .lossReason: "loss_reason"
    case .lastContactAt: "last_contact_at"
    case .emails30Days: "emails_30d"
    case .meetings30Days: "meetings_30d"
    case .sourcePartition: "source_partition"
    case .sourceOffset: "source_offset"
    case .winProbability: "win_probability"
    case .scoredAt: "scored_at"
    case .baselineOffset: "baseline_offset"
    case .stageEnteredAt: "stage_entered_at"
    case .lastChangedAt: "last_changed_at"
    case .recentEvents: "recent_events"
    case .agedSteps: "aged_steps"
    case .nextOffset: "next_offset"
    case .streamTime: "stream_time"
    case .previousScore: "previous_score"
    case .previousTier: "previous_tier"
    case .winRate: "win_rate"
    case .ageDays: "age_days"
    case .daysInStage: "days_in_stage"
    case .configurationHash: "configuration_hash"
    case .shiftID: "shift_id"
    case .dealsBefore: "deals_before"
    case .dealsAfter: "deals_after"
    case .evidenceNeeded: "evidence_needed"
    case .beganAt: "began_at"
    case .beganFrom: "began_from"
    case .beganTo: "began_to"
    case .openedAt: "opened_at"
    case .openDeals: "open_deals"
    case .openAmount: "open_amount"
    case .ledgerOffset: "ledger_offset"
    case .lateOutcomes: "late_outcomes"
    default: String(describing: self)
    }
  }
}
