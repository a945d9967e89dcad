import Deals
import Foundation
import Testing

@testable import Trends

/// An instant in RFC 3339.
func at(_ text: String) -> Timestamp {
  guard let instant = Timestamp(rfc3339: text) else { preconditionFailure("\(text) is no time") }
  return instant
}

/// Days of 23 and of 25 hours: zone, beginning, end, date.
let daysOfChange = [
  ("Europe/Paris", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z", "2026-03-29"),
  ("Europe/Paris", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z", "2026-10-25"),
  ("America/Los_Angeles", "2026-03-08T08:00:00Z", "2026-03-09T07:00:00Z", "2026-03-08"),
  ("America/Los_Angeles", "2026-11-01T07:00:00Z", "2026-11-02T08:00:00Z", "2026-11-01"),
]

/// A ledger that a test writes, and the reports that come of it.
struct ReportStory {
  /// The ledger, from offset 0.
  private(set) var entries: [LedgerEntry] = []

  /// A deal closes, and is told of at once or later.
  mutating func close(
    _ closedAt: Timestamp, _ outcome: Outcome, rep: Symbol = "rep_1", industry: Symbol = "SaaS",
    source: Symbol = "Inbound", cycle: Int = 20, amount: Double = 10_000, predictions: [Prediction] = [],
    reason: Symbol? = nil, told: Timestamp? = nil
  ) {
    let deal = ClosedDeal(
      outcome: outcome, closedAt: closedAt, createdAt: closedAt.adding(days: -cycle), stage: .closed,
      amount: Money(units: amount), descriptors: Descriptors(rep: rep, industry: industry, leadSource: source),
      lossReason: outcome == .lost ? reason : nil, predictions: Predictions(predictions))
    append(.adds(deal), id: entries.count, at: told ?? closedAt)
  }

  /// A deal that an earlier entry closed turns out to have ended otherwise.
  mutating func amend(_ index: Int, to outcome: Outcome, told: Timestamp) {
    amend(index, told: told) { $0.outcome = outcome }
  }

  /// A deal that an earlier entry closed turns out to be another.
  mutating func amend(_ index: Int, told: Timestamp, _ body: (inout ClosedDeal) -> Void) {
    let old = closed(index)
    var new = old
    body(&new)
    append(.amends(from: old, to: new), id: index, at: told)
  }

  /// A deal that an earlier entry closed is open again.
  mutating func reopen(_ index: Int, told: Timestamp) { append(.retracts(closed(index)), id: index, at: told) }

  /// A deal that was open again has closed as before.
  mutating func closeAgain(_ index: Int, told: Timestamp) {
    guard var deal = entries[index].added else { preconditionFailure("entry \(index) closes no deal") }
    deal.closedAt = told
    append(.adds(deal), id: index, at: told)
  }

  /// The deal that an entry closed, as it stands now.
  private func closed(_ index: Int) -> ClosedDeal {
    let last = entries.last { $0.dealID == entries[index].dealID }
    guard let deal = last?.added else { preconditionFailure("the deal of entry \(index) is not closed") }
    return deal
  }

  /// The last entry once more, as a crash leaves it.
  mutating func repeatLast() { entries.append(entries[entries.count - 1]) }

  private mutating func append(_ content: LedgerEntry.Content, id: Int, at instant: Timestamp) {
    guard let id = DealID("D\(id)") else { return }
    entries.append(
      LedgerEntry(
        source: SourcePosition(partition: 0, offset: Int64(entries.count)), dealID: id, occurredAt: instant,
        content: content))
  }

  /// Reports with the offset of the entry that made them due, as the trend processor goes through the ledger.
  ///
  /// - Parameters:
  ///   - scores: What deals.risk says meanwhile.
  ///   - watched: The segments that the engine watches.
  func reports(
    _ zone: String = "UTC", scores: [PipelineNews] = [], watched: [SegmentDimensions] = [SegmentDimensions(.industry)]
  ) throws -> [(offset: Int, report: Report)] {
    var queue = ScoreQueue()
    for news in scores { queue.add(news) }
    var reporter = Reporter(timeZone: try #require(TimeZone(identifier: zone)))
    var settings = TrendSettings()
    settings.segments = watched
    var engine = TrendEngine(settings: settings)
    return entries.enumerated().flatMap { offset, entry in
      let due = reporter.reports(before: entry, &engine) { queue.take(before: $0) }
      engine.observe(queue.take(before: entry.occurredAt.adding(milliseconds: 1)))
      _ = engine.apply(entry, at: Int64(offset))
      return due.map { (offset, $0) }
    }
  }

  /// What the engine tells of the ledger.
  func shifts(_ settings: TrendSettings) -> [TrendShift] {
    var engine = TrendEngine(settings: settings)
    return entries.enumerated().flatMap { engine.apply($1, at: Int64($0)) }
  }

  /// The reports of a kind.
  func reports(
    _ kind: Report.Kind, _ zone: String = "UTC", scores: [PipelineNews] = [],
    watched: [SegmentDimensions] = [SegmentDimensions(.industry)]
  ) throws -> [Report] {
    try reports(zone, scores: scores, watched: watched).map(\.report).filter { $0.kind == kind }
  }

  /// About 15 months of deals in which reps, industries and sources differ, scored by two models.
  static func long(seed: UInt64, deals count: Int = 2_500) -> ReportStory {
    var (story, random) = (ReportStory(), Seeded(seed))
    let start = at("2025-01-06T00:00:00Z")
    for index in 0..<count {
      let instant = start.adding(milliseconds: Int64(index) * 16_000_000 + Int64(random.number(16_000_000)))
      let (rep, industry, source) = (random.number(5), random.number(3), random.number(2))
      let chance = 0.25 + 0.06 * Double(rep) + (industry == rep % 3 ? 0.2 : 0) + (source == 0 ? 0.1 : 0)
      let predictions = [("weighted-v1", 0.5), ("logistic-v1", 0.15)].map { model, noise in
        Prediction(
          model: Symbol(model), winProbability: Probability(chance + noise * (random.share() - 0.5)),
          score: RiskScore(points: 50), scoredAt: instant, baselineOffset: 0)
      }
      story.close(
        instant, random.share() < chance ? .won : .lost, rep: Symbol("rep_\(rep)"),
        industry: ["SaaS", "EdTech", "Media/TV"][industry], source: ["Partner", "Outbound"][source],
        cycle: 3 + random.number(110), amount: Double(1_000 + random.number(90_000)), predictions: predictions)
      // One deal in forty is told of a week late, at the time of the next.
      if random.number(40) == 0 {
        story.close(instant.adding(days: -7), random.number(2) == 0 ? .won : .lost, told: instant)
      }
    }
    return story
  }
}

/// Random numbers of a seed. Source: splitmix64 (Vigna, public domain).
struct Seeded {
  private var state: UInt64

  /// Numbers of a seed.
  init(_ seed: UInt64) { state = seed }

  private mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0 to 1, without 1.
  mutating func share() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }
  /// 0 to below a bound.
  mutating func number(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

extension Report {
  /// The value of a figure; a figure that is not there is a fault of the test's.
  func figure(_ name: String) throws -> Double? {
    try #require(figures.first { $0.name == name }, "\(kind) of \(period) has no \(name)").value
  }

  /// The value of a label.
  func label(_ name: String) -> String? { labels.first { $0.name == name }?.value }
}
