import Deals
import Testing

@testable import Scoring

@Suite struct BaselinesTests {
  private func entry(_ offset: Int64, day: Int, partition: Int32 = 0, outcome: Outcome = .won) -> LedgerEntry {
    LedgerEntry(
      source: SourcePosition(partition: partition, offset: offset), dealID: DealID("D\(offset)")!,
      occurredAt: Story.day(day),
      content: .adds(
        ClosedDeal(
          outcome: outcome, closedAt: Story.day(day), createdAt: Story.day(day - 10), stage: .closed,
          amount: Money(cents: 100), descriptors: Descriptors(rep: "rep_1", industry: "SaaS"))))
  }

  @Test("a repeated entry counts once: one integer for each source partition is enough")
  func repeats() {
    var baselines = Baselines(model: "m")
    let counted = [
      baselines.apply(entry(5, day: 0), at: 0), baselines.apply(entry(5, day: 0), at: 1),
      baselines.apply(entry(4, day: 0), at: 2), baselines.apply(entry(4, day: 0, partition: 1), at: 3),
    ]
    #expect(counted == [true, false, false, true])
    let overall = baselines.overallTally(.all)
    #expect(overall.deals == 2)
    #expect(baselines.repeats == 2)
    #expect(baselines.offset == 4)
  }

  @Test("windows hold what a plain recount holds, with late closes, gaps and retractions", arguments: 0..<20)
  func recount(seed: UInt64) {
    var state = seed
    func random(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % bound
    }
    var baselines = Baselines(model: "m")
    var kept: [ClosedDeal] = []
    var day = 0
    for offset in 0..<600 {
      day += random(4) == 0 ? random(30) : random(2)
      let close = Story.day(day - (random(5) == 0 ? random(450) : 0))
      let content: LedgerEntry.Content
      if random(6) == 0, !kept.isEmpty {
        content = .retracts(kept.remove(at: random(kept.count)))
      } else {
        let deal = ClosedDeal(
          outcome: random(2) == 0 ? .won : .lost, closedAt: close, createdAt: close.adding(days: -random(100)),
          stage: .closed, amount: Money(cents: Int64(random(1_000))), descriptors: Descriptors(rep: "rep_1"))
        kept.append(deal)
        content = .adds(deal)
      }
      let source = SourcePosition(partition: 0, offset: Int64(offset))
      baselines.apply(
        LedgerEntry(source: source, dealID: DealID("D")!, occurredAt: Story.day(day), content: content),
        at: Int64(offset))
      guard offset % 7 == 0 else { continue }
      for window in BaselineWindow.allCases {
        let today = Story.day(day).day
        var expected = OutcomeTally()
        for deal in kept where window.days.map({ today - deal.closedAt.day < $0 }) ?? true {
          expected.add(OutcomeTally(deal, sign: 1))
        }
        let tally = baselines.tally(.rep, "rep_1", window)
        #expect(tally == expected, "seed \(seed), offset \(offset), \(window)")
      }
    }
  }

  @Test("reading between entries does not change what later entries give: baselines depend on the ledger alone")
  func purity() {
    var read = Baselines(model: "m")
    var unread = Baselines(model: "m")
    // Far more days than are kept of a segment that nobody reads.
    for offset in 0..<1_500 {
      let entry = entry(
        Int64(offset), day: offset * 3 - (offset % 5 == 0 ? 40 : 0), outcome: offset % 3 == 0 ? .won : .lost)
      read.apply(entry, at: Int64(offset))
      unread.apply(entry, at: Int64(offset))
      for window in BaselineWindow.allCases { _ = read.tally(.rep, "rep_1", window) }
    }
    for window in BaselineWindow.allCases {
      let (first, second) = (read.tally(.rep, "rep_1", window), unread.tally(.rep, "rep_1", window))
      #expect(first == second)
    }
    #expect(read.decayedWinRate == unread.decayedWinRate)
  }

  @Test("in the decayed rate a deal counts half after one half-life")
  func decay() throws {
    var baselines = Baselines(model: "m", halfLifeDays: 90)
    baselines.apply(entry(0, day: 0, outcome: .won), at: 0)
    baselines.apply(entry(1, day: 90, outcome: .lost), at: 1)
    #expect(abs(try #require(baselines.decayedWinRate) - 1.0 / 3) < 1e-12)
  }

  @Test("the 20th percentile of reps is interpolated linearly, as pandas does")
  func quantile() throws {
    #expect(abs(try #require(RepRanking.quantile(0.2, of: [0.5, 0.1, 0.2, 0.4, 0.3])) - 0.18) < 1e-15)
    #expect(RepRanking.quantile(0.2, of: [0.4]) == 0.4)
    #expect(RepRanking.quantile(0.2, of: []) == nil)
  }

  @Test("a percentile is the share of lower scores among deals closed in the last 90 days")
  func percentile() {
    var scores = ScoreDistribution()
    for tenths in [100, 200, 300, 400] {
      scores.add(RiskScore(tenths: tenths), closedOn: Day(number: 0), today: Day(number: 0))
    }
    #expect(scores.percentile(of: RiskScore(tenths: 250)) == 50)
    #expect(scores.percentile(of: RiskScore(tenths: 200)) == 37.5)
    scores.remove(RiskScore(tenths: 100), closedOn: Day(number: 0), today: Day(number: 89))
    #expect(scores.percentile(of: RiskScore(tenths: 250)) == 33.3)
    scores.advance(to: Day(number: 90))
    #expect(scores.percentile(of: RiskScore(tenths: 250)) == nil)
  }
}
