import Deals

@testable import Scoring

/// A small language for tests: a deal's life as lines, run through one engine whose ledger comes round at once.
struct Story {
  var engine: DealEngine
  var baselines = Baselines(model: WeightedModel.name)
  var output = EngineOutput()
  var ledger: [LedgerEntry] = []
  private var nextOffset: Int64 = 0

  init(settings: EngineSettings = EngineSettings(), partition: Int32 = 0) {
    engine = DealEngine(partition: partition, settings: settings)
  }

  /// Midday of a day counted from 2024-01-01.
  static func day(_ number: Int) -> Timestamp {
    Timestamp(Day(number: 19_723)).adding(days: number).adding(milliseconds: 43_200_000)
  }

  static func deal(
    _ stage: Stage = .qualified, created: Int = 0, amount: Double? = 10_000, rep: Symbol? = "rep_1",
    industry: Symbol? = "SaaS", source: Symbol? = "Inbound", status: DealStatus = .open
  ) -> Deal {
    Deal(
      createdAt: day(created), stage: stage, amount: amount.flatMap { Amount(units: $0, currency: .usd) },
      descriptors: Descriptors(
        rep: rep, industry: industry, region: "Europe", productType: "Pro", leadSource: source),
      status: status)
  }

  /// One change on a day. The id is derived from the arguments unless given, so that a repeat is a repeat.
  @discardableResult
  mutating func tell(_ kind: ChangeKind, _ id: String, on day: Int, _ deal: Deal, event: String? = nil) -> Int64 {
    let change = DealChange(
      eventID: EventID(text: event ?? "\(id) \(kind) \(day) \(deal.stage)"), dealID: DealID(id)!, kind: kind,
      occurredAt: Self.day(day), deal: deal)
    let offset = nextOffset
    nextOffset += 1
    engine.apply(change, at: offset, &baselines, into: &output)
    publishLedger()
    return offset
  }

  mutating func wait(until day: Int) {
    engine.advance(to: Self.day(day), &baselines, into: &output)
    publishLedger()
  }

  /// Writes what the engine asked for to the ledger and reads it back.
  private mutating func publishLedger() {
    for entry in output.entries {
      baselines.apply(entry, at: Int64(ledger.count))
      ledger.append(entry)
    }
    output.entries.removeAll()
  }

  /// Closes so many new deals of a rep on a day, from the first number on.
  mutating func close(
    _ count: Int, _ outcome: Outcome, rep: Symbol, industry: Symbol = "SaaS", on day: Int, first: Int, cycle: Int = 20
  ) {
    for number in first..<(first + count) {
      let status: DealStatus =
        outcome == .won ? .won(at: Self.day(day)) : .lost(at: Self.day(day), reason: nil)
      tell(
        .closed, "H\(number)", on: day,
        Self.deal(.closed, created: day - cycle, rep: rep, industry: industry, status: status))
    }
  }
}
