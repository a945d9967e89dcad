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
    guard let place = deals.place(of: change.dealID) else {
      return begin(change, source, &baselines, into: &output)
    }
    if deals[place].recentEvents.contains(change.eventID) {
      counters.duplicates += 1
      return
    }
    if change.occurredAt < deals[place].lastChangedAt { return markLate(place) }
    continueDeal(at: place, change, source, &baselines, into: &output)
  }

  /// Moves past an offset that holds no usable change (a dead letter, a transaction marker).
  public mutating func skip(_ offset: Int64) {
    position.nextOffset = max(position.nextOffset, offset + 1)
  }

  private mutating func markLate(_ place: Int32) {
    counters.late += 1
    guard !deals[place].flags.contains(.late) else { return }
    deals.willChange(place)
    deals[place].flags.insert(.late)
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
      } else if let deal = state.closedDeal {
        output.entries.append(entry(change, source, .adds(deal)))
      }
    }
    enqueue(place)
  }

  private mutating func continueDeal(
    at place: Int32, _ change: DealChange, _ source: SourcePosition, _ baselines: inout Baselines,
    into output: inout EngineOutput
  ) {
    counters.applied += 1
    let before = Standing(deals[place])
    let wasClosed = closedDeal(at: place)
    let wasDue = settings.due(of: deals[place])
    deals.willChange(place)
    let amount = convertedAmount(change.deal)
    if Self.take(change, amount, into: &deals[place]) { counters.regressions += 1 }
    if let content = Self.ledgerContent(from: wasClosed, to: closedDeal(at: place)) {
      output.entries.append(entry(change, source, content))
    }
    if let trigger = Self.trigger(from: before, to: Standing(deals[place])) {
      score(place, trigger, at: change.occurredAt, source, &baselines, into: &output)
    }
    if settings.due(of: deals[place]) != wasDue { enqueue(place) }
  }

  /// What decides whether a deal is scored.
  private struct Standing {
    var stage: Stage
    var isClosed: Bool
    var isDeleted: Bool

    @inline(__always)
    init(_ state: DealState) {
      stage = state.stage
      isClosed = state.status.outcome != nil
      isDeleted = state.isDeleted
    }
  }

  private static func trigger(from old: Standing, to new: Standing) -> RiskTrigger? {
    guard !new.isDeleted, !new.isClosed else { return nil }
    if old.isDeleted { return .created }
    if old.isClosed { return .reopened }
    return old.stage != new.stage ? .stageChange : nil
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

  /// The outcome that a deal has in the ledger; nil of one that is open or deleted.
  private func closedDeal(at place: Int32) -> ClosedDeal? {
    deals[place].isDeleted ? nil : deals[place].closedDeal
  }

  private func freshState(of change: DealChange) -> DealState {
    var recent = RecentEvents()
    recent.insert(change.eventID)
    var state = DealState(
      createdAt: change.deal.createdAt, stage: change.deal.stage, stageEnteredAt: change.occurredAt, amount: nil,
      descriptors: change.deal.descriptors, expectedCloseAt: change.deal.expectedCloseAt, status: change.deal.status,
      lastChangedAt: change.occurredAt, recentEvents: recent)
    Self.takeAmount(change.deal, convertedAmount(change.deal), into: &state)
    return state
  }

  /// Puts a change into a deal's state. Returns whether the deal has moved backwards in the funnel.
  private static func take(_ change: DealChange, _ amount: Money?, into state: inout DealState) -> Bool {
    var regresses = false
    if change.kind == .deleted {
      state.isDeleted = true
    } else {
      let isOpen = change.deal.status.outcome == nil
      let reopens = state.isDeleted || (state.status.outcome != nil && isOpen)
      regresses = change.deal.stage < state.stage && !reopens && isOpen
      if regresses {
        state.regressions = state.regressions == .max ? .max : state.regressions + 1
        state.flags.insert(.regressed)
      }
      if change.deal.stage != state.stage || reopens {
        state.stageEnteredAt = change.occurredAt
        state.agedSteps = 0
      }
      state.isDeleted = false
      state.createdAt = change.deal.createdAt
      state.stage = change.deal.stage
      state.descriptors = change.deal.descriptors
      state.expectedCloseAt = change.deal.expectedCloseAt
      state.status = change.deal.status
      takeAmount(change.deal, amount, into: &state)
    }
    if change.occurredAt > state.lastChangedAt { state.recentEvents = RecentEvents() }
    state.recentEvents.insert(change.eventID)
    state.lastChangedAt = change.occurredAt
    return regresses
  }

  /// The amount in the base currency; nil where there is none or its currency is unknown.
  private func convertedAmount(_ deal: Deal) -> Money? { deal.amount.flatMap { settings.currencies.convert($0) } }

  private static func takeAmount(_ deal: Deal, _ amount: Money?, into state: inout DealState) {
    state.flags.remove([.unknownCurrency, .missingFields])
    state.amount = amount
    if deal.amount != nil, amount == nil { state.flags.insert(.unknownCurrency) }
    if missingFields(deal) > 3 { state.flags.insert(.missingFields) }
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

extension DealState {
  /// The outcome as the ledger counts it; nil of an open deal.
  @inline(__always)
  public var closedDeal: ClosedDeal? {
    guard let outcome = status.outcome, let closedAt = status.closedAt else { return nil }
    var predictions = Predictions()
    if let prediction { predictions.append(prediction) }
    if let challenger { predictions.append(challenger) }
    return ClosedDeal(
      outcome: outcome, closedAt: closedAt, createdAt: createdAt, stage: stage, amount: amount,
      descriptors: descriptors, lossReason: status.lossReason, predictions: predictions)
  }
}
