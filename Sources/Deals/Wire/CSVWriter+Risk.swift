extension CSVWriter {
  /// The columns of `riskEvent(_:)`, each named after the member of `deals.risk` that it holds.
  public static let riskColumns: StaticString =
    "event_id,deal_id,occurred_at,trigger,score,win_probability,tier,percentile,previous_score,previous_tier,flags,amount,stage,rep_id,industry,region,product_type,lead_source,age_days,days_in_stage,model,mode,baseline_offset"

  /// The header of a table of scores, without its end.
  public mutating func riskHeader() { plain(Self.riskColumns) }

  /// A score as a row: its figures and those of its deal, without components, reasons and actions.
  public mutating func riskEvent(_ event: RiskEvent) {
    eventID(event.eventID)
    text(event.dealID.text)
    timestamp(event.occurredAt)
    word(event.trigger.name)
    score(event.score)
    number(event.winProbability.value)
    word(event.tier.name)
    number(event.percentile)
    score(event.previousScore)
    word(event.previousTier?.name)
    flags(event.flags)
    money(event.amount)
    word(event.stage.name)
    symbol(event.descriptors.rep)
    symbol(event.descriptors.industry)
    symbol(event.descriptors.region)
    symbol(event.descriptors.productType)
    symbol(event.descriptors.leadSource)
    integer(Int64(event.ageDays))
    integer(Int64(event.daysInStage))
    symbol(event.model)
    word(event.mode.name)
    integer(event.baselineOffset)
  }
}
