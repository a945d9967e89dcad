import Deals

extension AlertSource {
  /// A record of `deals.risk`.
  public init(_ event: RiskEvent) {
    self.init(
      eventID: event.eventID.description, kind: .dealRisk, subject: event.dealID.text, tier: event.tier,
      occurredAt: event.occurredAt)
    position = event.source.offset >= 0 ? event.source.offset : nil
    signal = event.stage == .closed ? .ended : .firing
    isBackfill = event.mode == .backfill
    score = event.score
    previousScore = event.previousScore
    previousTier = event.previousTier
    amount = event.amount
    winProbability = event.winProbability.value
    ageDays = event.ageDays
    daysInStage = event.daysInStage
    reasons = event.reasons.map(\.text)
    actions = event.actions.map(\.text)
    labels["deal_id"] = event.dealID.text
    labels["stage"] = event.stage.name
    labels["trigger"] = event.trigger.name
    labels["model"] = event.model.text
    labels["rep_id"] = event.descriptors.rep?.text
    labels["industry"] = event.descriptors.industry?.text
    labels["region"] = event.descriptors.region?.text
    labels["product_type"] = event.descriptors.productType?.text
    labels["lead_source"] = event.descriptors.leadSource?.text
    let flags = RiskFlags.names.enumerated().filter { event.flags.rawValue >> $0.offset & 1 == 1 }
    if !flags.isEmpty { labels["flags"] = flags.map(\.element).joined(separator: ",") }
  }

  /// The deletion of a deal's last score: the deal was deleted.
  public static func ended(dealID: String, at now: Timestamp, outcome: String = "deleted") -> AlertSource {
    var source = AlertSource(
      eventID: "\(dealID)@\(now.milliseconds)", kind: .dealRisk, subject: dealID, tier: .low, occurredAt: now)
    source.signal = .ended
    source.labels["deal_id"] = dealID
    source.labels["outcome"] = outcome
    return source
  }
}
