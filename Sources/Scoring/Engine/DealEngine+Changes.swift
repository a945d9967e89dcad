import Deals

extension DealEngine {
  /// Applies the change at an offset of the partition, after whatever came due before it.
  ///
  /// A change below the position changes nothing. One with an id that the deal has just had is a duplicate; one older than
  /// the deal's last change is late: both only count.
  public mutating func apply(
    _ change: DealChange, at offset: Int64, _ baselines: inout Baselines, into output: inout EngineOutput
  ) {
    guard offset >= position.nextOffset else {
      counters.skipped += 1
      return
    }
    // What is due is scored as of the last record before this one, which is what its source position says.
    advance(to: change.occurredAt, &baselines, into: &output)
    position.nextOffset = offset + 1
    let source = SourcePosition(partition: partition, offset: offset)
    guard let place = deals.place(of: change.dealID), let state = deals.state(at: place) else {
      return begin(change, source, &baselines, into: &output)
    }
    if state.recentEvents.contains(change.eventID) {
      counters.duplicates += 1
      return
    }
    if change.occurredAt < state.lastChangedAt {
      return markLate(place, state)
    }
    continueDeal(at: place, from: state, change, source, &baselines, into: &output)
  }

  /// Moves past an offset that holds no usable change (a dead letter, a transaction marker).
  public mutating func skip(_ offset: Int64) {
    position.nextOffset = max(position.nextOffset, offset + 1)
  }

  private mutating func markLate(_ place: Int32, _ state: DealState) {
    counters.late += 1
    guard !state.flags.contains(.late) else { return }
    var state = state
    state.flags.insert(.late)
    deals.write(state, at: place)
  }

  /// The first change of a deal that is seen here, whatever its kind.
  private mutating func begin(
    _ change: DealChange, _ source: SourcePosition, _ baselines: inout Baselines, into output: inout EngineOutput
  ) {
    if change.kind == .deleted { counters.unknownDeletions += 1 }
    counters.applied += 1
    var state = freshState(of: change)
    state.isDeleted = change.kind == .deleted
    let place = deals.insert(change.dealID, state)
    if !state.isDeleted {
      if state.status.outcome == nil {
        score(place, .created, at: change.occurredAt, source, &baselines, into: &output)
      } else if let deal = closedDeal(state) {
        output.entries.append(entry(change, source, .adds(deal)))
      }
    }
    enqueue(place)
  }

  private mutating func continueDeal(
    at place: Int32, from old: DealState, _ change: DealChange, _ source: SourcePosition,
    _ baselines: inout Baselines, into output: inout EngineOutput
  ) {
    counters.applied += 1
    var state = old
    take(change, into: &state)
    let wasClosed = old.isDeleted ? nil : closedDeal(old)
    let isClosed = state.isDeleted ? nil : closedDeal(state)
    if let content = Self.ledgerContent(from: wasClosed, to: isClosed) {
      output.entries.append(entry(change, source, content))
    }
    deals.write(state, at: place)
    if let trigger = Self.trigger(from: old, to: state) {
      score(place, trigger, at: change.occurredAt, source, &baselines, into: &output)
    }
    if deals.state(at: place).flatMap({ due(of: $0) }) != due(of: old) { enqueue(place) }
  }

  private static func trigger(from old: DealState, to state: DealState) -> RiskTrigger? {
    guard !state.isDeleted, state.status.outcome == nil else { return nil }
    if old.isDeleted { return .created }
    if old.status.outcome != nil { return .reopened }
    return old.stage != state.stage ? .stageChange : nil
  }

  private static func ledgerContent(from old: ClosedDeal?, to new: ClosedDeal?) -> LedgerEntry.Content? {
    switch (old, new) {
    case (nil, let new?): .adds(new)
    case (let old?, nil): .retracts(old)
    case (let old?, let new?): old == new ? nil : .amends(from: old, to: new)
    case (nil, nil): nil
    }
  }

  private func entry(
    _ change: DealChange, _ source: SourcePosition, _ content: LedgerEntry.Content
  ) -> LedgerEntry {
    LedgerEntry(source: source, dealID: change.dealID, occurredAt: change.occurredAt, content: content)
  }

  private func closedDeal(_ state: DealState) -> ClosedDeal? {
    guard let outcome = state.status.outcome, let closedAt = state.status.closedAt else { return nil }
    return ClosedDeal(
      outcome: outcome, closedAt: closedAt, createdAt: state.createdAt, stage: state.stage, amount: state.amount,
      descriptors: state.descriptors, lossReason: state.status.lossReason,
      predictions: [state.prediction, state.challenger].compactMap(\.self))
  }

  private func freshState(of change: DealChange) -> DealState {
    let deal = change.deal
    var recent = RecentEvents()
    recent.insert(change.eventID)
    var state = DealState(
      createdAt: deal.createdAt, stage: deal.stage, stageEnteredAt: change.occurredAt, amount: nil,
      descriptors: deal.descriptors, expectedCloseAt: deal.expectedCloseAt, status: deal.status,
      lastChangedAt: change.occurredAt, recentEvents: recent)
    takeAmount(deal, into: &state)
    return state
  }

  private mutating func take(_ change: DealChange, into state: inout DealState) {
    let deal = change.deal
    let reopens = state.isDeleted || (state.status.outcome != nil && deal.status.outcome == nil)
    if change.kind == .deleted {
      state.isDeleted = true
    } else {
      state.isDeleted = false
      if deal.stage < state.stage, !reopens, deal.status.outcome == nil {
        counters.regressions += 1
        state.regressions = state.regressions == .max ? .max : state.regressions + 1
        state.flags.insert(.regressed)
      }
      if deal.stage != state.stage || reopens {
        state.stageEnteredAt = change.occurredAt
        state.agedSteps = 0
      }
      state.createdAt = deal.createdAt
      state.stage = deal.stage
      state.descriptors = deal.descriptors
      state.expectedCloseAt = deal.expectedCloseAt
      state.status = deal.status
      takeAmount(deal, into: &state)
    }
    if change.occurredAt > state.lastChangedAt { state.recentEvents = RecentEvents() }
    state.recentEvents.insert(change.eventID)
    state.lastChangedAt = change.occurredAt
  }

  private func takeAmount(_ deal: Deal, into state: inout DealState) {
    state.flags.remove([.unknownCurrency, .missingFields])
    state.amount = deal.amount.flatMap { settings.currencies.convert($0) }
    if deal.amount != nil, state.amount == nil { state.flags.insert(.unknownCurrency) }
    if Self.missingFields(deal) > 3 { state.flags.insert(.missingFields) }
  }

  /// How many of a deal's six describing fields (rep, industry, region, product, lead source, amount) are missing.
  private static func missingFields(_ deal: Deal) -> Int {
    let descriptors = deal.descriptors
    var missing = deal.amount == nil ? 1 : 0
    if descriptors.rep == nil { missing += 1 }
    if descriptors.industry == nil { missing += 1 }
    if descriptors.region == nil { missing += 1 }
    if descriptors.productType == nil { missing += 1 }
    if descriptors.leadSource == nil { missing += 1 }
    return missing
  }
}
