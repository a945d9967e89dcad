import Deals
import Scoring

/// Walks through one deal's life: gives each published score the state that its deal had just before, and names the
/// scores that should have been published.
struct TimelineWalk {
  /// One moment at which the deal was, or should have been, scored.
  private struct Moment {
    var offset: Int64
    var trigger: RiskTrigger
    var instant: Timestamp
    /// The offset that the scorer must have passed for the score to be due.
    var passed: Int64
    /// How often the engine had begun the deal: one that it had forgotten begins anew, without a score before.
    var life: Int
    var variants: [Derivation] = []

    /// Before one another in the deal's life. What is due is scored as of the change before.
    func precedes(_ other: Moment) -> Bool {
      (offset, trigger == .ageing ? 1 : 0, instant) < (other.offset, other.trigger == .ageing ? 1 : 0, other.instant)
    }
  }

  private struct Stay {
    var offset: Int64
    var enteredAt: Timestamp
  }

  private let id: DealID
  private let settings: EngineSettings
  private let streamTime: StreamTime
  private let partition: Int32
  private var moments: [Moment] = []
  private var stay: Stay?
  private var life = 0
  /// The offset of the deal's change before the one that is looked at.
  private var lastOffset: Int64 = -1
  private var baselines: Baselines

  init(_ id: DealID, partition: Int32, _ settings: EngineSettings, _ streamTime: StreamTime) {
    self.id = id
    self.partition = partition
    self.settings = settings
    self.streamTime = streamTime
    baselines = Baselines(model: settings.model.id)
  }

  /// Every published score of the deal, ready to be derived, and what is missing with the offset that must have been
  /// passed for it.
  mutating func run(
    _ timeline: DealTimeline, _ engine: inout SingleDealEngine
  ) -> (derivations: [Derivation], absent: [(score: VerificationReport.Missing, passed: Int64, mayBeRemoved: Bool)]) {
    var ageing = timeline.risks.filter { $0.event.trigger == .ageing }[...]
    var others = Dictionary(
      grouping: timeline.risks.filter { $0.event.trigger != .ageing }, by: { $0.event.source.offset })
    var state: DealState?
    ageing = ArraySlice(ageing.sorted { $0.event.source.offset < $1.event.source.offset })
    for (offset, change) in timeline.changes {
      while let next = ageing.first, next.event.source.offset < offset {
        addAgeing(next, state)
        ageing.removeFirst()
      }
      let published = others.removeValue(forKey: offset) ?? []
      var step = engine.apply(change, at: offset, to: state, &baselines)
      if let known = state, known.isDeleted || known.status.outcome != nil {
        let fresh = engine.apply(change, at: offset, to: nil, &baselines)
        let (score, ledger) = (published.first?.event, timeline.ledgerWord(at: offset))
        let agreements = (known: agreement(step, score, ledger), fresh: agreement(fresh, score, ledger))
        let comesBackClosed = known.isDeleted && fresh.hadOutcome != nil
        if isForgotten(known, at: offset, agreements, next: comesBackClosed ? timeline.score(after: offset) : nil) {
          (state, step) = (nil, fresh)
        }
      }
      lastOffset = offset
      if state == nil { life += 1 }
      addMoment(change, offset, published, state, isExpected: step.score != nil)
      follow(from: state, to: step.state, at: offset)
      state = step.state
    }
    for next in ageing { addAgeing(next, state) }
    endStay(by: .max)
    for (offset, risks) in others { addUnexplained(offset, risks) }
    return finish()
  }

  /// Whether the engine had forgotten a deal that was closed or deleted long before. What the scorer wrote tells it, where a
  /// deal that is known would have made it write something else than one that begins anew: the wall clock may have moved
  /// time on, and left no other trace. Else stream time does: it has moved on since the deal's last change, and to its due
  /// date or beyond. A due date that lies in the past when the deal closes is not looked at before stream time moves.
  private func isForgotten(
    _ state: DealState, at offset: Int64, _ agreements: (known: Int, fresh: Int), next: RiskEvent?
  ) -> Bool {
    if agreements.known != agreements.fresh { return agreements.fresh > agreements.known }
    // A deal that was deleted and comes back closed is written alike in both cases, until its next score names one before.
    if let next, next.trigger != .created, next.previousScore == nil, state.prediction != nil { return true }
    let end = state.lastChangedAt.adding(days: settings.closedRetentionDays)
    return streamTime.offset(reaching: end, since: lastOffset).map { $0 <= offset } ?? false
  }

  /// In how many points a step gives what the scorer wrote: the trigger of its score, whether there was a score before, and
  /// the ledger's word. A score that is not there says nothing: compaction may have taken it. The ledger says by its silence,
  /// too, that an outcome neither came nor went, as far as it reaches.
  private func agreement(
    _ step: (state: DealState?, score: RiskEvent?, hadOutcome: Bool?), _ score: RiskEvent?, _ ledger: Bool??
  ) -> Int {
    var points = 0
    if let score {
      if step.score?.trigger == score.trigger { points += 1 }
      if (step.score?.previousScore == nil) == (score.previousScore == nil) { points += 1 }
    }
    // More than a score can say: scores are what is verified.
    if let ledger, step.hadOutcome == ledger { points += 4 }
    return points
  }

  private mutating func addMoment(
    _ change: DealChange, _ offset: Int64, _ published: [(record: SourcePosition, event: RiskEvent)],
    _ state: DealState?, isExpected: Bool
  ) {
    guard isExpected || !published.isEmpty else { return }
    var moment = Moment(
      offset: offset, trigger: published.first?.event.trigger ?? (state == nil ? .created : .stageChange),
      instant: change.occurredAt, passed: offset, life: life)
    moment.variants = published.map {
      Derivation(record: $0.record, published: $0.event, before: state, step: .change(change))
    }
    moments.append(moment)
  }

  private mutating func addAgeing(_ risk: (record: SourcePosition, event: RiskEvent), _ state: DealState?) {
    let event = risk.event
    var derivation = Derivation(record: risk.record, published: event, before: nil, step: .none)
    if var state, !state.isDeleted, state.status.outcome == nil,
      let step = settings.ageingDays.firstIndex(where: { state.stageEnteredAt.adding(days: $0) == event.occurredAt })
    {
      state.agedSteps = UInt8(step)
      derivation.before = state
      derivation.step = .dueDate
      derivation.latestSource = latestSource(of: event.occurredAt, since: state.stageEnteredAt)
    }
    // Attempts may honour a due date after different changes: it is one moment all the same. A deal that was forgotten and
    // begins anew with a repeat of an old change comes to the same due dates once more.
    if let known = moments.lastIndex(where: {
      $0.life == life && $0.trigger == .ageing && $0.instant == event.occurredAt
        && $0.variants.first?.published.eventID == event.eventID
    }) {
      moments[known].variants.append(derivation)
      return
    }
    moments.append(
      Moment(
        offset: event.source.offset, trigger: .ageing, instant: event.occurredAt, passed: event.source.offset,
        life: life, variants: [derivation]))
  }

  /// The clock may have honoured a due date earlier, but the change that moves stream time past it never comes before it.
  /// A stay that began with a change from before its own due date may be scored later.
  private func latestSource(of due: Timestamp, since enteredAt: Timestamp) -> Int64 {
    guard let stay, stay.enteredAt == enteredAt, let began = streamTime.after(stay.offset), began < due,
      let passed = streamTime.offset(reaching: due, since: stay.offset)
    else { return .max }
    return passed - 1
  }

  private mutating func addUnexplained(_ offset: Int64, _ risks: [(record: SourcePosition, event: RiskEvent)]) {
    for risk in risks {
      moments.append(
        Moment(
          offset: offset, trigger: risk.event.trigger, instant: risk.event.occurredAt, passed: offset,
          life: life, variants: [Derivation(record: risk.record, published: risk.event, before: nil, step: .none)]))
    }
  }

  // MARK: Due dates that should have been honoured

  private mutating func follow(from old: DealState?, to new: DealState?, at offset: Int64) {
    let isOpen = new.map { !$0.isDeleted && $0.status.outcome == nil } ?? false
    if let stay, isOpen, new?.stageEnteredAt == stay.enteredAt { return }
    endStay(by: offset)
    stay = isOpen ? new.map { Stay(offset: offset, enteredAt: $0.stageEnteredAt) } : nil
  }

  private mutating func endStay(by end: Int64) {
    guard let stay else { return }
    self.stay = nil
    for days in settings.ageingDays {
      let due = stay.enteredAt.adding(days: days)
      guard let passed = streamTime.offset(reaching: due, since: stay.offset), passed <= end else { return }
      let isPublished = moments.contains {
        $0.trigger == .ageing && $0.instant == due && $0.offset >= stay.offset
      }
      if isPublished { continue }
      moments.append(Moment(offset: passed - 1, trigger: .ageing, instant: due, passed: passed, life: life))
    }
  }

  // MARK: The score before

  private mutating func finish() -> (
    derivations: [Derivation], absent: [(score: VerificationReport.Missing, passed: Int64, mayBeRemoved: Bool)]
  ) {
    moments.sort { $0.precedes($1) }
    var derivations: [Derivation] = []
    var absent: [(score: VerificationReport.Missing, passed: Int64, mayBeRemoved: Bool)] = []
    let lastPublished = moments.lastIndex { !$0.variants.isEmpty } ?? -1
    let firstPublished = moments.firstIndex { !$0.variants.isEmpty } ?? moments.count
    for (index, moment) in moments.enumerated() {
      if moment.variants.isEmpty {
        let score = VerificationReport.Missing(
          dealID: id, source: SourcePosition(partition: partition, offset: moment.offset), trigger: moment.trigger,
          occurredAt: moment.instant)
        // Compaction keeps a deal's newest score and takes the oldest first.
        absent.append((score, moment.passed, index < firstPublished && index < lastPublished))
      }
      for variant in moment.variants { derivations.append(withPrevious(variant, index)) }
    }
    return (derivations, absent)
  }

  /// Puts the score before into the state. Attempts of a scorer may have scored that moment differently, and a due date
  /// that one honoured may not have come up in the next: any of these may be the one before.
  private func withPrevious(_ derivation: Derivation, _ index: Int) -> Derivation {
    var derivation = derivation
    guard derivation.before != nil else { return derivation }
    var candidates: [RiskEvent?] = []
    var earlier = index - 1
    while earlier >= 0 {
      let moment = moments[earlier]
      guard moment.life == moments[index].life else {
        earlier = -1
        break
      }
      if moment.variants.isEmpty { derivation.knowsPrevious = false }
      candidates += moment.variants.reversed().map(\.published)
      if moment.trigger != .ageing { break }
      earlier -= 1
    }
    if earlier < 0 { candidates.append(nil) }
    let published = derivation.published
    let match = candidates.first { $0?.score == published.previousScore && $0?.tier == published.previousTier }
    guard let previous = match ?? candidates.first ?? nil else {
      derivation.before?.prediction = nil
      derivation.before?.tier = nil
      return derivation
    }
    derivation.before?.tier = previous.tier
    derivation.before?.prediction = Prediction(
      model: previous.model, winProbability: previous.winProbability, score: previous.score,
      scoredAt: previous.occurredAt, baselineOffset: previous.baselineOffset)
    return derivation
  }
}
