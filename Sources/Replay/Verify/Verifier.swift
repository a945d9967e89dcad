import Deals
import Scoring

/// Derives every published score again from `deals.changes` and the ledger up to the score's `baseline_offset`, with the
/// engine that made it. All members must agree, bit for bit, but `scored_at` and `mode`, which tell of the scorer's clock.
/// A record that was not written as we write it is compared member by member as it stands there, and the key, the header
/// `ce_id` and the partition must be those of the score.
public struct Verifier: Sendable {
  /// The configuration that the scores were made with.
  public var settings: EngineSettings
  /// After how many days a deal counts half in decayed rates.
  public var halfLifeDays: Double

  /// A verifier.
  public init(settings: EngineSettings, halfLifeDays: Double = 90) {
    self.settings = settings
    self.halfLifeDays = halfLifeDays
  }

  /// Derives every score of `deals.risk`.
  public func verify(_ records: TopicRecords) -> VerificationReport {
    var report = VerificationReport()
    report.gaps.changes = OffsetGaps(records.changes.map(\.position))
    report.gaps.outcomes = OffsetGaps(records.ledger.map { SourcePosition(partition: 0, offset: $0.offset) })
    var engines: [Int32: SingleDealEngine] = [:]
    var derivations: [Derivation] = []
    let topic = PublishedScores(records.risks)
    if topic.unreadable > 0 { report.notVerifiable[.scoreUnreadable] = topic.unreadable }
    for partition in Self.partitions(records, topic) {
      var engine = SingleDealEngine(partition: partition.number, settings: settings)
      derivations += prepare(partition, topic, &engine, &report)
      engines[partition.number] = engine
    }
    derive(&derivations, topic.departing, records.ledger, &engines, &report)
    return report
  }

  // MARK: Deal by deal

  private struct Partition {
    var number: Int32
    var changes: [ChangeRecord] = []
    var streamTime = StreamTime()
    var timelines: [DealID: DealTimeline] = [:]
    var deals: [DealID] = []

    mutating func timeline(of id: DealID, _ add: (inout DealTimeline) -> Void) {
      if timelines[id] == nil { deals.append(id) }
      add(&timelines[id, default: DealTimeline()])
    }
  }

  private static func partitions(_ records: TopicRecords, _ topic: PublishedScores) -> [Partition] {
    var partitions: [Int32: Partition] = [:]
    for record in records.changes {
      let number = record.position.partition
      partitions[number, default: Partition(number: number)].changes.append(record)
    }
    for number in topic.bySourcePartition.keys where partitions[number] == nil {
      partitions[number] = Partition(number: number)
    }
    return partitions.values.sorted { $0.number < $1.number }.map { partition in
      var partition = partition
      partition.changes.sort { $0.position.offset < $1.position.offset }
      for record in partition.changes {
        guard let change = record.change else { continue }
        partition.streamTime.note(change, at: record.position.offset)
        partition.timeline(of: change.dealID) { $0.changes.append((record.position.offset, change)) }
      }
      var reach: Int64 = -1
      let isWhole = records.ledger.first?.offset == 0
      for entry in records.ledger.lazy.compactMap(\.entry) where entry.source.partition == partition.number {
        if isWhole { reach = max(reach, entry.source.offset) }
        // The first of an entry that stands there twice, as the baselines count it.
        if partition.timelines[entry.dealID]?.hadOutcome[entry.source.offset] == nil {
          partition.timelines[entry.dealID]?.hadOutcome[entry.source.offset] = entry.isAboutKnownOutcome
        }
      }
      for id in partition.deals { partition.timelines[id]?.ledgerReach = reach }
      for risk in topic.bySourcePartition[partition.number] ?? [] {
        partition.timeline(of: risk.event.dealID) { $0.risks.append(risk) }
      }
      return partition
    }
  }

  private func prepare(
    _ partition: Partition, _ topic: PublishedScores, _ engine: inout SingleDealEngine,
    _ report: inout VerificationReport
  ) -> [Derivation] {
    let first = partition.changes.first?.position.offset ?? .max
    let last = partition.changes.last?.position.offset ?? -1
    let unreadable = Set(partition.changes.lazy.filter { $0.change == nil }.map(\.position.offset))
    let reached = topic.bySourcePartition[partition.number]?.map(\.event.source.offset).max() ?? -1
    var derivations: [Derivation] = []
    for id in partition.deals {
      guard let timeline = partition.timelines[id] else { continue }
      if first > 0, !isKnownFromItsStart(timeline, first) {
        report.notVerifiable[.changesNotRetained, default: 0] += timeline.risks.count
        continue
      }
      var walk = TimelineWalk(id, partition: partition.number, settings, partition.streamTime)
      let (scores, absent) = walk.run(timeline, &engine)
      for score in scores {
        let offset = score.published.source.offset
        if let obstacle = obstacle(score, isRead: first...max(first, last) ~= offset, unreadable.contains(offset)) {
          report.notVerifiable[obstacle, default: 0] += 1
        } else {
          derivations.append(score)
        }
      }
      for score in absent {
        if score.passed > reached {
          report.pending += 1
        } else if score.mayBeRemoved, topic.mayHaveRemoved(timeline.risks) {
          report.possiblyCompacted += 1
        } else {
          report.add(score.score)
        }
      }
    }
    return derivations
  }

  /// Whether the retained changes begin with the deal's first. A repeat of a creation betrays itself by older scores.
  private func isKnownFromItsStart(_ timeline: DealTimeline, _ first: Int64) -> Bool {
    timeline.changes.first?.change.kind == .created && timeline.risks.allSatisfy { $0.event.source.offset >= first }
  }

  private func obstacle(
    _ score: Derivation, isRead: Bool, _ isUnreadable: Bool
  ) -> VerificationReport.Obstacle? {
    let event = score.published
    if event.configurationHash != settings.configurationHash || event.model != settings.model.id {
      return .otherConfiguration
    }
    if !isRead { return .changesNotRetained }
    return isUnreadable && event.trigger != .ageing ? .changeUnreadable : nil
  }

  // MARK: Score by score

  /// Goes through the ledger once: scores are derived in the order of their baselines.
  private func derive(
    _ derivations: inout [Derivation], _ departing: [SourcePosition: RiskRecord], _ ledger: [LedgerRecord],
    _ engines: inout [Int32: SingleDealEngine], _ report: inout VerificationReport
  ) {
    guard ledger.first.map({ $0.offset == 0 }) ?? true else {
      report.notVerifiable[.ledgerNotRetained, default: 0] += derivations.count
      return
    }
    derivations.sort {
      ($0.published.baselineOffset, $0.record.partition, $0.record.offset)
        < ($1.published.baselineOffset, $1.record.partition, $1.record.offset)
    }
    let end = ledger.last.map { $0.offset + 1 } ?? 0
    var seen: Set<EventID> = []
    var baselines = Baselines(model: settings.model.id, halfLifeDays: halfLifeDays)
    var next = 0
    for derivation in derivations {
      let offset = derivation.published.baselineOffset
      guard offset <= end else {
        report.notVerifiable[.ledgerTooShort, default: 0] += 1
        continue
      }
      while next < ledger.count, ledger[next].offset < offset {
        if let entry = ledger[next].entry { baselines.apply(entry, at: ledger[next].offset) }
        next += 1
      }
      baselines.skip(to: offset)
      let derived = Self.derive(derivation, &engines[derivation.published.source.partition], &baselines)
      Self.compare(derivation, derived, departing[derivation.record], &report)
      if !seen.insert(derivation.published.eventID).inserted { report.repeats += 1 }
    }
  }

  private static func derive(
    _ derivation: Derivation, _ engine: inout SingleDealEngine?, _ baselines: inout Baselines
  ) -> RiskEvent? {
    let published = derivation.published
    var derived: RiskEvent?
    switch derivation.step {
    case .change(let change):
      derived = engine?.apply(change, at: published.source.offset, to: derivation.before, &baselines).score
    case .dueDate:
      guard let state = derivation.before else { return nil }
      derived = engine?.honour(
        published.occurredAt, of: published.dealID, in: state,
        after: min(published.source.offset, derivation.latestSource), &baselines)
    case .none: return nil
    }
    derived?.scoredAt = published.scoredAt
    derived?.mode = published.mode
    return derived
  }

  private static func compare(
    _ derivation: Derivation, _ derived: RiskEvent?, _ record: RiskRecord?, _ report: inout VerificationReport
  ) {
    let published = derivation.published
    var derived = derived
    let isPreviousLost = derived != nil && !derivation.knowsPrevious && derived != published
    if isPreviousLost {
      derived?.previousScore = published.previousScore
      derived?.previousTier = published.previousTier
    }
    let fields = derived.map { differing(published, record?.asWritten, $0) } ?? []
    let strays = record?.strays ?? []
    guard derived != nil, fields.isEmpty, strays.isEmpty else {
      report.add(
        VerificationReport.Difference(
          position: derivation.record, published: published, derived: derived, fields: fields + strays,
          asWritten: record?.asWritten.map { String(decoding: $0, as: UTF8.self) }))
      return
    }
    report.verified += 1
    if isPreviousLost { report.verifiedWithoutPrevious += 1 }
  }

  /// The members in which what was published departs from what was derived.
  private static func differing(_ published: RiskEvent, _ asWritten: [UInt8]?, _ derived: RiskEvent) -> [String] {
    guard let asWritten else {
      return derived == published ? [] : RiskEventFields.differing(published, derived)
    }
    var writer = JSONWriter()
    writer.riskEvent(derived)
    guard let theirs = WrittenJSON(asWritten), let ours = WrittenJSON(writer.bytes) else { return ["the whole record"] }
    return theirs.differing(from: ours, exempt: ["scored_at", "mode"])
  }
}
