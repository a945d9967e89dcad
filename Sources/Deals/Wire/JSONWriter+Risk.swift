extension JSONWriter {
  /// A record of `deals.risk`. Members without a value are written as null, so that every record has every member.
  public mutating func riskEvent(_ event: RiskEvent) {
    beginObject()
    identity(event)
    score(event)
    components(event.components)
    words(event)
    deal(event)
    origin(event)
    endObject()
  }

  private mutating func identity(_ event: RiskEvent) {
    key("event_id")
    eventID(event.eventID)
    key("deal_id")
    string(event.dealID.text)
    key("trigger")
    string(event.trigger.name)
    key("occurred_at")
    timestamp(event.occurredAt)
    key("scored_at")
    timestamp(event.scoredAt)
    key("mode")
    string(event.mode.name)
  }

  private mutating func score(_ event: RiskEvent) {
    key("score")
    tenths(Int(event.score.tenths))
    key("win_probability")
    number(event.winProbability.value)
    key("tier")
    string(event.tier.name)
    key("percentile")
    if let percentile = event.percentile { number(percentile) } else { null() }
    key("previous_score")
    if let previous = event.previousScore { tenths(Int(previous.tenths)) } else { null() }
    key("previous_tier")
    if let previous = event.previousTier { string(previous.name) } else { null() }
  }

  private mutating func components(_ components: [RiskComponent]) {
    key("components")
    beginArray()
    for component in components {
      beginObject()
      key("factor")
      symbol(component.factor)
      key("value")
      nullable(component.value)
      key("win_rate")
      if let rate = component.winRate { number(rate) } else { null() }
      key("deals")
      integer(Int64(component.deals))
      key("weight")
      number(component.weight)
      key("contribution")
      number(component.contribution)
      endObject()
    }
    endArray()
  }

  private mutating func words(_ event: RiskEvent) {
    key("reasons")
    beginArray()
    for reason in event.reasons { string(reason) }
    endArray()
    key("actions")
    beginArray()
    for action in event.actions {
      beginObject()
      key("id")
      symbol(action.id)
      key("text")
      string(action.text)
      endObject()
    }
    endArray()
    flags(event.flags)
  }

  private mutating func deal(_ event: RiskEvent) {
    key("amount")
    if let amount = event.amount { money(amount) } else { null() }
    key("stage")
    string(event.stage.name)
    key("rep_id")
    nullable(event.descriptors.rep)
    key("industry")
    nullable(event.descriptors.industry)
    key("region")
    nullable(event.descriptors.region)
    key("product_type")
    nullable(event.descriptors.productType)
    key("lead_source")
    nullable(event.descriptors.leadSource)
    key("age_days")
    integer(Int64(event.ageDays))
    key("days_in_stage")
    integer(Int64(event.daysInStage))
    key("expected_close_at")
    if let instant = event.expectedCloseAt { timestamp(instant) } else { null() }
  }

  private mutating func origin(_ event: RiskEvent) {
    key("model")
    symbol(event.model)
    key("configuration_hash")
    symbol(event.configurationHash)
    key("source_partition")
    integer(Int64(event.source.partition))
    key("source_offset")
    integer(event.source.offset)
    key("baseline_offset")
    integer(event.baselineOffset)
  }

  private mutating func nullable(_ value: Symbol?) {
    if let value { symbol(value) } else { null() }
  }
}
