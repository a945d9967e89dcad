import Deals
import Scoring

@testable import Replay

/// A seeded generator, so that a failing case can be run again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64 (Steele, Lea and Flood, 2014).
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func chance(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
}

/// A scorer in a few lines, which keeps its topics in arrays: its ledger comes round late, it can be killed between what
/// it published and what it committed, and it then writes some of its outputs twice.
struct SmallScorer {
  let settings: EngineSettings
  var generator: SeededGenerator
  var topics = TopicRecords()
  private var engines: [DealEngine]
  private var committed: [DealEngine]
  private var logs: [[DealChange?]]
  private var baselines: Baselines
  private var nextRisk: [Int64]

  init(partitions: Int, seed: UInt64, settings: EngineSettings = EngineSettings()) {
    self.settings = settings
    generator = SeededGenerator(seed: seed)
    engines = (0..<partitions).map { DealEngine(partition: Int32($0), settings: settings) }
    committed = engines
    logs = Array(repeating: [], count: partitions)
    nextRisk = Array(repeating: 0, count: partitions)
    baselines = Baselines(model: settings.model.id)
  }

  /// Streams changes through; `nil` is a record that can't be read.
  mutating func run(_ changes: [DealChange?], crashes: Double = 0, ticks: Double = 0) {
    for (index, change) in changes.enumerated() {
      let partition =
        change.map { Int($0.dealID.text.utf8.reduce(0) { $0 + Int($1) }) % logs.count } ?? index % logs.count
      logs[partition].append(change)
      topics.changes.append(
        ChangeRecord(
          position: SourcePosition(partition: Int32(partition), offset: Int64(logs[partition].count - 1)),
          change: change)
      )
    }
    while let partition = logs.indices.filter({ engines[$0].position.nextOffset < logs[$0].count })
      .randomElement(using: &generator)
    {
      step(partition)
      if generator.chance(ticks) { tick(partition) }
      if generator.chance(0.3) { readLedger() }
      if generator.chance(0.2) {
        engines[partition].commit()
        committed[partition] = engines[partition]
      }
      if generator.chance(crashes) { engines[partition] = committed[partition] }
    }
  }

  private mutating func step(_ partition: Int) {
    let offset = engines[partition].position.nextOffset
    var output = EngineOutput()
    if let change = logs[partition][Int(offset)] {
      engines[partition].apply(change, at: offset, &baselines, into: &output)
    } else {
      engines[partition].skip(offset)
    }
    publish(output, partition)
  }

  /// The wall clock honours what is due within the next day of stream time.
  private mutating func tick(_ partition: Int) {
    guard let time = engines[partition].position.streamTime else { return }
    var output = EngineOutput()
    engines[partition].advance(to: time.adding(days: 1), &baselines, into: &output)
    publish(output, partition)
  }

  private mutating func publish(_ output: EngineOutput, _ partition: Int) {
    for var event in output.risks {
      event.scoredAt = Timestamp(milliseconds: Int64.random(in: 0..<1_000, using: &generator))
      event.mode = .live
      let position = SourcePosition(partition: Int32(partition), offset: nextRisk[partition])
      nextRisk[partition] += 1
      topics.risks.append(RiskRecord(position: position, event: event))
    }
    for entry in output.entries {
      // A gap now and then, as a transaction's marker leaves.
      let gap: Int64 = generator.chance(0.2) ? 2 : 1
      topics.ledger.append(
        LedgerRecord(offset: topics.ledger.last.map { $0.offset + gap } ?? 0, entry: entry))
    }
  }

  private mutating func readLedger() {
    for record in topics.ledger where record.offset >= baselines.offset {
      if let entry = record.entry { baselines.apply(entry, at: record.offset) }
    }
  }
}

/// Lives of deals with everything that a CRM does to them: moves, regressions, closes, amendments, reopenings, deletions,
/// late and repeated changes.
enum RandomLives {
  static func changes(_ count: Int, deals: Int, seed: UInt64) -> [DealChange] {
    var generator = SeededGenerator(seed: seed)
    var changes: [DealChange] = []
    var states: [Int: Deal] = [:]
    var clock = Timestamp(Day(number: 19_000))
    while changes.count < count {
      clock = clock.adding(milliseconds: Int64.random(in: 0..<40_000_000, using: &generator))
      let number = Int.random(in: 0..<deals, using: &generator)
      if generator.chance(0.05), let earlier = changes.randomElement(using: &generator) {
        changes.append(earlier)
        continue
      }
      let occurredAt = generator.chance(0.05) ? clock.adding(days: -30) : clock
      guard let id = DealID("D\(number)") else { continue }
      let (kind, deal) = next(states[number], occurredAt, &generator)
      states[number] = deal
      changes.append(
        DealChange(
          eventID: EventID(text: "event \(changes.count)"), dealID: id, kind: kind, occurredAt: occurredAt, deal: deal))
    }
    return changes
  }

  private static func next(
    _ deal: Deal?, _ now: Timestamp, _ generator: inout SeededGenerator
  ) -> (ChangeKind, Deal) {
    guard var deal else {
      let descriptors = Descriptors(
        rep: Symbol("rep_\(Int.random(in: 0..<6, using: &generator))"),
        industry: ["SaaS", "EdTech", "FinTech"].randomElement(using: &generator),
        region: generator.chance(0.2) ? nil : "Europe", productType: "Pro",
        leadSource: ["Partner", "Inbound"].randomElement(using: &generator))
      let amount = Amount(units: Double(Int.random(in: 1_000..<90_000, using: &generator)), currency: .usd)
      return (.created, Deal(createdAt: now, stage: .qualified, amount: amount, descriptors: descriptors))
    }
    if deal.status.outcome != nil {
      if generator.chance(0.5) {
        deal.status = .open
        return (.reopened, deal)
      }
      deal.status =
        generator.chance(0.5) ? .won(at: max(now, deal.createdAt)) : .lost(at: max(now, deal.createdAt), reason: nil)
      return (.updated, deal)
    }
    if generator.chance(0.25) {
      deal.status =
        generator.chance(0.45)
        ? .won(at: max(now, deal.createdAt)) : .lost(at: max(now, deal.createdAt), reason: "Price")
      return (.closed, deal)
    }
    if generator.chance(0.03) { return (.deleted, deal) }
    if generator.chance(0.3) { return (.updated, deal) }
    deal.stage = Stage.allCases.randomElement(using: &generator) ?? .demo
    return (.stageChanged, deal)
  }
}

extension DealChange {
  /// The same change of another deal, so many days before.
  func earlier(byDays days: Int) -> DealChange {
    func shifted(_ instant: Timestamp) -> Timestamp { instant.adding(days: -days) }
    var earlier = self
    earlier.eventID = EventID(text: "\(eventID) \(days)")
    earlier.dealID = DealID("\(dealID.text)-\(days)") ?? dealID
    earlier.occurredAt = shifted(occurredAt)
    earlier.deal.createdAt = shifted(deal.createdAt)
    earlier.deal.status =
      switch deal.status {
      case .open: .open
      case .won(let at): .won(at: shifted(at))
      case .lost(let at, let reason): .lost(at: shifted(at), reason: reason)
      }
    return earlier
  }
}
