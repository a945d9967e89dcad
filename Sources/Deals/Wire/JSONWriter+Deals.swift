/// The records of the topics, one method each. Members without a value are left out, except where a reader gains by
/// seeing that there is none.
extension JSONWriter {
  /// A record of `deals.changes`.
  public mutating func change(_ change: DealChange) {
    beginObject()
    key("event_id")
    eventID(change.eventID)
    key("deal_id")
    string(change.dealID.text)
    key("change")
    string(change.kind.name)
    key("occurred_at")
    timestamp(change.occurredAt)
    if let stage = change.previousStage {
      key("previous_stage")
      string(stage.name)
    }
    if change.isSynthetic {
      key("synthetic")
      boolean(true)
    }
    key("deal")
    deal(change.deal)
    endObject()
  }

  private mutating func deal(_ deal: Deal) {
    beginObject()
    key("created_at")
    timestamp(deal.createdAt)
    key("stage")
    string(deal.stage.name)
    if let amount = deal.amount {
      key("amount")
      number(amount.units)
      key("currency")
      string(amount.currency.code)
    }
    descriptors(deal.descriptors)
    optional("expected_close_at", deal.expectedCloseAt)
    status(deal.status, showsOpen: true)
    if let engagement = deal.engagement { self.engagement(engagement) }
    endObject()
  }

  private mutating func engagement(_ engagement: Engagement) {
    key("engagement")
    beginObject()
    optional("last_contact_at", engagement.lastContactAt)
    optional("emails_30d", engagement.emails30Days)
    optional("meetings_30d", engagement.meetings30Days)
    optional("stakeholders", engagement.stakeholders)
    endObject()
  }

  /// A record of `deals.outcomes`.
  public mutating func ledgerEntry(_ entry: LedgerEntry) {
    beginObject()
    key("version")
    integer(1)
    key("source_partition")
    integer(Int64(entry.source.partition))
    key("source_offset")
    integer(entry.source.offset)
    key("deal_id")
    string(entry.dealID.text)
    key("occurred_at")
    timestamp(entry.occurredAt)
    if let deal = entry.added {
      key("adds")
      closedDeal(deal)
    }
    if let deal = entry.retracted {
      key("retracts")
      closedDeal(deal)
    }
    endObject()
  }

  private mutating func closedDeal(_ deal: ClosedDeal) {
    beginObject()
    key("outcome")
    string(deal.outcome.name)
    key("closed_at")
    timestamp(deal.closedAt)
    key("created_at")
    timestamp(deal.createdAt)
    key("stage")
    string(deal.stage.name)
    optional("amount", deal.amount)
    descriptors(deal.descriptors)
    optional("loss_reason", deal.lossReason)
    if !deal.predictions.isEmpty {
      key("predictions")
      beginArray()
      for prediction in deal.predictions { self.prediction(prediction) }
      endArray()
    }
    endObject()
  }

  private mutating func prediction(_ prediction: Prediction) {
    beginObject()
    key("model")
    symbol(prediction.model)
    key("win_probability")
    number(prediction.winProbability.value)
    key("score")
    tenths(Int(prediction.score.tenths))
    key("scored_at")
    timestamp(prediction.scoredAt)
    key("baseline_offset")
    integer(prediction.baselineOffset)
    endObject()
  }

  /// A deal's record of `deals.state`.
  public mutating func dealState(_ state: DealState) {
    beginObject()
    key("version")
    integer(1)
    key("created_at")
    timestamp(state.createdAt)
    key("stage")
    string(state.stage.name)
    key("stage_entered_at")
    timestamp(state.stageEnteredAt)
    optional("amount", state.amount)
    descriptors(state.descriptors)
    optional("expected_close_at", state.expectedCloseAt)
    status(state.status, showsOpen: false)
    key("last_changed_at")
    timestamp(state.lastChangedAt)
    key("recent_events")
    beginArray()
    hexadecimal(state.recentEvents.first)
    hexadecimal(state.recentEvents.second)
    endArray()
    if state.agedSteps > 0 {
      key("aged_steps")
      integer(Int64(state.agedSteps))
    }
    if state.regressions > 0 {
      key("regressions")
      integer(Int64(state.regressions))
    }
    if !state.flags.isEmpty { flags(state.flags) }
    if let tier = state.tier {
      key("tier")
      string(tier.name)
    }
    if let prediction = state.prediction {
      key("prediction")
      self.prediction(prediction)
    }
    if let challenger = state.challenger {
      key("challenger")
      prediction(challenger)
    }
    if state.isDeleted {
      key("deleted")
      boolean(true)
    }
    endObject()
  }

  /// The position's record of `deals.state`.
  ///
  /// - Parameters:
  ///   - writer: The group's member that writes it within a transaction; nil without one.
  ///   - partitions: How many partitions deals.changes has; nil to leave that out.
  public mutating func position(_ position: ChangelogPosition, writer: String? = nil, partitions: Int? = nil) {
    beginObject()
    key("version")
    integer(1)
    key("next_offset")
    integer(position.nextOffset)
    optional("stream_time", position.streamTime)
    key("live")
    boolean(position.isLive)
    if let writer {
      key("writer")
      string(writer)
    }
    if let partitions {
      key("partitions")
      integer(Int64(partitions))
    }
    endObject()
  }

  mutating func flags(_ flags: RiskFlags) {
    key("flags")
    beginArray()
    for (bit, name) in RiskFlags.names.enumerated() where flags.rawValue & 1 << bit != 0 { string(name) }
    endArray()
  }

  mutating func descriptors(_ descriptors: Descriptors) {
    optional("rep_id", descriptors.rep)
    optional("industry", descriptors.industry)
    optional("region", descriptors.region)
    optional("product_type", descriptors.productType)
    optional("lead_source", descriptors.leadSource)
  }

  private mutating func status(_ status: DealStatus, showsOpen: Bool) {
    guard let outcome = status.outcome, let closedAt = status.closedAt else {
      if showsOpen {
        key("outcome")
        null()
      }
      return
    }
    key("outcome")
    string(outcome.name)
    key("closed_at")
    timestamp(closedAt)
    optional("loss_reason", status.lossReason)
  }

  mutating func optional(_ name: StaticString, _ value: Timestamp?) {
    guard let value else { return }
    key(name)
    timestamp(value)
  }

  mutating func optional(_ name: StaticString, _ value: Symbol?) {
    guard let value else { return }
    key(name)
    symbol(value)
  }

  private mutating func optional(_ name: StaticString, _ value: Money?) {
    guard let value else { return }
    key(name)
    money(value)
  }

  private mutating func optional(_ name: StaticString, _ value: Int32?) {
    guard let value else { return }
    key(name)
    integer(Int64(value))
  }
}
