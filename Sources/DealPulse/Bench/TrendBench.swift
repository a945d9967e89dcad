import Deals
import Foundation
import Trends

/// What a ledger entry costs the trend engine with the segments that are watched by default, and what a segment costs in
/// memory after 400 days.
struct TrendBench {
  private static let days = 400
  private static let dealsPerDay = 60

  /// Deals of 25 reps, 6 industries and so on: more than 60 pairs are active.
  private func entries() -> [LedgerEntry] {
    let reps = (0..<25).map { Symbol("rep_\($0)") }
    let industries = ["SaaS", "EdTech", "FinTech", "HealthTech", "Ecommerce", "Retail"].map { Symbol($0) }
    let sources = ["Inbound", "Outbound", "Partner", "Referral"].map { Symbol($0) }
    var entries: [LedgerEntry] = []
    for number in 0..<Self.days * Self.dealsPerDay {
      let mixed = Int(truncatingIfNeeded: UInt64(number) &* 0x9E37_79B9_7F4A_7C15 >> 33)
      let closedAt = Timestamp(milliseconds: 1_700_000_000_000 + Int64(number) * 86_400_000 / Int64(Self.dealsPerDay))
      guard let id = DealID("D\(number)") else { continue }
      let deal = ClosedDeal(
        outcome: mixed % 100 < 45 ? .won : .lost, closedAt: closedAt, createdAt: closedAt.adding(days: -(mixed % 120)),
        stage: Stage.allCases[mixed % 5], amount: Money(cents: Int64(mixed % 9_000_000)),
        descriptors: Descriptors(
          rep: reps[mixed % 25], industry: industries[mixed / 25 % 6], region: "Europe", productType: "Pro",
          leadSource: sources[mixed / 150 % 4]))
      entries.append(
        LedgerEntry(
          source: SourcePosition(partition: 0, offset: Int64(number)), dealID: id, occurredAt: closedAt,
          content: .adds(deal)))
    }
    return entries
  }

  func figures() -> [String: Double] {
    let entries = entries()
    let perSegment = bytesPerSegment()
    var engine = TrendEngine()
    let before = residentBytes()
    let elapsed = seconds { for (offset, entry) in entries.enumerated() { _ = engine.apply(entry, at: Int64(offset)) } }
    let all = residentBytes() - before
    return [
      "trend_eps": Double(entries.count) / elapsed, "trend_us_per_entry": elapsed / Double(entries.count) * 1e6,
      "bytes_per_segment": perSegment, "segments": Double(engine.segmentCount),
      // The log of a year's closed deals, which all segments share, and all else.
      "trend_bytes_per_closed_deal": (all - perSegment * Double(engine.segmentCount)) / Double(entries.count),
    ]
  }

  /// Of five thousand segments with a deal in each week.
  private func bytesPerSegment() -> Double {
    let before = residentBytes()
    var watches: [RateWatch] = []
    for _ in 0..<5_000 {
      var watch = RateWatch()
      for week in 2_700..<2_700 + Self.days / 7 + 1 { watch.count(.won, week: week) }
      watches.append(watch)
    }
    return (residentBytes() - before) / Double(watches.count)
  }
}
