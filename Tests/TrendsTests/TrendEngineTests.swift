import Deals
import Testing

@testable import Trends

/// A ledger made up by a seed: deals of some segments that close day by day.
private struct Ledger {
  private var state: UInt64
  private(set) var entries: [LedgerEntry] = []

  init(seed: UInt64) { state = seed }

  private mutating func uniform() -> Double {
    // Source: splitmix64 (Vigna, public domain).
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((mixed ^ (mixed >> 31)) >> 11) / 9_007_199_254_740_992
  }

  mutating func close(_ industry: Symbol, rep: Symbol = "rep_1", on day: Int, chance: Double) {
    close(industry, rep: rep, on: day, won: uniform() < chance)
  }

  mutating func close(_ industry: Symbol, rep: Symbol = "rep_1", on day: Int, won: Bool) {
    let at = Timestamp(Day(number: Int32(19_000 + day))).adding(milliseconds: Int64(entries.count % 1_000) * 1_000)
    guard let id = DealID("D\(entries.count)") else { return }
    entries.append(
      LedgerEntry(
        source: SourcePosition(partition: 0, offset: Int64(entries.count)), dealID: id, occurredAt: at,
        content: .adds(
          ClosedDeal(
            outcome: won ? .won : .lost, closedAt: at, createdAt: at.adding(days: -30), stage: .closed,
            amount: Money(cents: 3_000_000), descriptors: Descriptors(rep: rep, industry: industry)))))
  }

  /// Two years of four industries, 30 deals a week each; one of them falls at a day.
  static func falling(seed: UInt64, at day: Int, by points: Double) -> Ledger {
    var ledger = Ledger(seed: seed)
    for each in 0..<730 {
      for industry: Symbol in ["SaaS", "EdTech", "FinTech", "Health"] {
        for number in 0..<(each % 7 < 2 ? 5 : 4) {
          let falls = industry == "EdTech" && each >= day
          ledger.close(
            industry, rep: Symbol("rep_\(number)"), on: each, chance: 0.45 - (falls ? points / 100 : 0))
        }
      }
    }
    return ledger
  }
}

@Suite("Shifts are found, keep their identity, and end") struct TrendEngineTests {
  private func settings(_ detector: TrendShift.Detector = .sequential) -> TrendSettings {
    var settings = TrendSettings()
    settings.segments = [SegmentDimensions(.industry)]
    settings.detector = detector
    return settings
  }

  private func run(_ ledger: Ledger, _ settings: TrendSettings) -> [TrendShift] {
    var engine = TrendEngine(settings: settings)
    return ledger.entries.enumerated().flatMap { engine.apply($1, at: Int64($0)) }
  }

  @Test("A fall of 15 points opens one shift in its segment, with the rate before, the beginning and what to do")
  func fall() throws {
    let day = 500
    let news = run(.falling(seed: 11, at: day, by: 15), settings()).filter { $0.kind == .winRate }
    let opened = news.filter { $0.phase == .opened }
    let shift = try #require(opened.first)
    #expect(opened.count == 1)
    #expect(shift.segment == "industry=EdTech")
    #expect(abs(shift.before - 0.45) < 0.04)
    #expect(shift.after < shift.before - 0.1)
    #expect(try #require(shift.evidence) >= (try #require(shift.evidenceNeeded)))
    let began = shift.beganAt.day.number - 19_000
    #expect(abs(Int(began) - day) <= 35, "began on day \(began)")
    #expect(shift.beganBetween.lowerBound <= shift.beganAt && shift.beganAt <= shift.beganBetween.upperBound)
    #expect(shift.action?.contains("EdTech") == true)
    #expect(shift.driver != nil)
    #expect(news.filter { $0.phase == .updated }.allSatisfy { $0.shiftID == shift.shiftID })
  }

  @Test("A shift that lasts half a year is resolved as the new normal, under the same identity") func settles() throws {
    let news = run(.falling(seed: 12, at: 400, by: 15), settings())
      .filter { $0.kind == .winRate && $0.segment == "industry=EdTech" }
    let opened = try #require(news.first { $0.phase == .opened })
    let resolved = try #require(news.first { $0.phase == .resolved })
    #expect(resolved.shiftID == opened.shiftID)
    #expect(resolved.title.contains("settled"))
    #expect(resolved.eventID != opened.eventID)
  }

  @Test("Ten years without a change bring fewer false alarms than are allowed, where the plain rule cries wolf")
  func quiet() {
    func count(_ detector: TrendShift.Detector) -> Int {
      (1...5 as ClosedRange<UInt64>).reduce(0) { sum, seed in
        let news = run(Ledger.falling(seed: seed, at: .max, by: 0), settings(detector))
        return sum + news.count { $0.kind == .winRate && $0.phase == .opened }
      }
    }
    #expect(count(.sequential) <= 10, "one a year is allowed")
    #expect(count(.plain) > 50)
  }

  @Test("Replayed from its start the same ledger gives the same news, and a repeated entry none") func replay() {
    let ledger = Ledger.falling(seed: 13, at: 450, by: 12)
    #expect(run(ledger, settings()) == run(ledger, settings()))
    var engine = TrendEngine(settings: settings())
    for (offset, entry) in ledger.entries.enumerated() { _ = engine.apply(entry, at: Int64(offset)) }
    // The same change under a higher offset: written twice by a crash.
    #expect(engine.apply(ledger.entries[ledger.entries.count - 1], at: Int64(ledger.entries.count)).isEmpty)
  }

  @Test("A streak is told when it is unlikely, and ends with the first other outcome") func streak() throws {
    var ledger = Ledger(seed: 5)
    for day in 0..<200 { ledger.close("FinTech", rep: "rep_18", on: day, won: day % 2 == 0) }
    for day in 200..<215 { ledger.close("FinTech", rep: "rep_18", on: day, won: false) }
    ledger.close("FinTech", rep: "rep_18", on: 215, won: true)
    let news = run(ledger, settings()).filter {
      $0.kind == .losingStreak && $0.segment == "rep=rep_18 and industry=FinTech"
    }
    let opened = try #require(news.first)
    #expect(opened.phase == .opened && opened.after >= 5)
    #expect(opened.title.contains("rep_18 has lost \(Int(opened.after)) consecutive FinTech deals"))
    #expect(news.last?.phase == .resolved)
    #expect(Set(news.map(\.shiftID)).count == 1)
  }

  @Test("A close that is dated centuries ahead does not blind its segment, and counts once when it is put right")
  func wrongYear() throws {
    var entries = Ledger.falling(seed: 11, at: 500, by: 15).entries
    let right = try #require(entries[40].added)
    var wrong = right
    wrong.closedAt = try #require(Timestamp(rfc3339: "2204-03-01T00:00:00Z"))
    entries[40].content = .adds(wrong)
    let expected = run(.falling(seed: 11, at: 500, by: 15), settings()).filter { $0.kind == .winRate }
    var engine = TrendEngine(settings: settings())
    let news = entries.enumerated().flatMap { engine.apply($1, at: Int64($0)) }.filter { $0.kind == .winRate }
    #expect(news.map(\.shiftID) == expected.map(\.shiftID))
    #expect(engine.team.end - engine.team.first <= 156 + 16)

    let all = engine.team.tally(0..<Int.max)
    let (id, end) = (entries[40].dealID, entries[entries.count - 1].occurredAt)
    _ = engine.apply(
      LedgerEntry(
        source: SourcePosition(partition: 0, offset: Int64(entries.count)), dealID: id, occurredAt: end,
        content: .amends(from: wrong, to: right)), at: Int64(entries.count))
    #expect(engine.team.tally(0..<Int.max) == all)
    let week = WeeklyTallies.week(of: right.closedAt.day)
    let before = engine.team.tally(week..<week + 1).deals
    _ = engine.apply(
      LedgerEntry(
        source: SourcePosition(partition: 0, offset: Int64(entries.count) + 1), dealID: id, occurredAt: end,
        content: .retracts(right)), at: Int64(entries.count) + 1)
    #expect(engine.team.tally(week..<week + 1).deals == before - 1)
  }

  @Test("A deal that is taken back counts no more") func retraction() {
    var watch = RateWatch()
    watch.count(.won, week: 2_700)
    watch.count(.lost, week: 2_701)
    watch.count(.won, week: 2_700, sign: -1)
    #expect(watch.tallies.tally(0..<3_000).deals == 1)
  }

  @Test("Scores tell the open deals and dollars behind a shift") func openDeals() throws {
    let ledger = Ledger.falling(seed: 11, at: 500, by: 15)
    var engine = TrendEngine(settings: settings())
    var deal = RiskEvent.sample("X1", industry: "EdTech", amount: 75_000)
    engine.observe(PipelineScore(deal))
    deal = RiskEvent.sample("X2", industry: "SaaS", amount: 10_000)
    engine.observe(PipelineScore(deal))
    let news = ledger.entries.enumerated().flatMap { engine.apply($1, at: Int64($0)) }
    let opened = try #require(news.first { $0.kind == .winRate && $0.phase == .opened })
    #expect(opened.openDeals == 1)
    #expect(opened.openAmount == Money(units: 75_000))
  }
}

extension RiskEvent {
  fileprivate static func sample(_ id: String, industry: Symbol, amount: Double) -> RiskEvent {
    guard let id = DealID(id) else { preconditionFailure("\(id) is no id") }
    let time = Timestamp(Day(number: 18_990))
    return RiskEvent(
      eventID: EventID(text: id.text), dealID: id, trigger: .created, score: RiskScore(points: 57),
      winProbability: Probability(0.43), tier: .high, percentile: nil, previousScore: nil, previousTier: nil,
      components: [], reasons: [], actions: [], flags: [], amount: Money(units: amount),
      descriptors: Descriptors(rep: "rep_1", industry: industry), stage: .demo, ageDays: 0, daysInStage: 0,
      expectedCloseAt: nil, model: "weighted-v1", configurationHash: "default",
      source: SourcePosition(partition: 0, offset: 0), baselineOffset: 0, occurredAt: time, scoredAt: time,
      mode: .backfill)
  }
}
