import Deals
import Foundation
import Testing

@testable import Trends

/// Shifts that a weekly look tells: velocity, cycles, moves backwards, missing fields.
@Suite("Weekly looks open on what is there and end with it") struct StandingShiftTests {
  private let start = at("2023-01-02T00:00:00Z")

  private var settings: TrendSettings {
    var settings = TrendSettings()
    settings.segments = [SegmentDimensions(.rep), SegmentDimensions(.industry)]
    return settings
  }

  /// A team whose deals close every day, fast and large; what else closes is added in the order of time.
  private func team(days: Int, and others: (Int, inout ReportStory) -> Void) -> ReportStory {
    var story = ReportStory()
    for day in 0..<days {
      let instant = start.adding(days: day)
      for number in 0..<4 {
        story.close(instant, number % 2 == 0 ? .won : .lost, rep: Symbol("rep_\(number)"), cycle: 10, amount: 50_000)
      }
      others(day, &story)
    }
    return story
  }

  // MARK: Velocity

  @Test("A segment below the floor whose deals stop has its shift ended, not open for ever") func dries() throws {
    let story = team(days: 300) { day, story in
      guard day < 150 else { return }
      for _ in 0..<2 {
        story.close(start.adding(days: day), .lost, rep: "rep_9", industry: "Mining", cycle: 100, amount: 1_000)
      }
    }
    let news = story.shifts(settings).filter { $0.kind == .lowVelocity && $0.segment == "industry=Mining" }
    let opened = try #require(news.first)
    let resolved = try #require(news.last)
    #expect(opened.phase == .opened && resolved.phase == .resolved)
    #expect(resolved.shiftID == opened.shiftID)
    #expect(resolved.title.contains("too few deals"), "\(resolved.title)")
    #expect((150...190).contains(resolved.occurredAt.days(since: start)))
    #expect(news.count { $0.phase != .updated } == 2)
  }

  @Test("Low velocity began with the first of the weeks below the floor, not with the opening") func velocityBegan()
    throws
  {
    let story = team(days: 300) { day, story in
      for _ in 0..<2 {
        let isSlow = day >= 150
        story.close(
          start.adding(days: day), .lost, rep: "rep_9", industry: "Mining", cycle: isSlow ? 100 : 10,
          amount: isSlow ? 1_000 : 50_000)
      }
    }
    let news = story.shifts(settings).filter { $0.kind == .lowVelocity && $0.segment == "industry=Mining" }
    let opened = try #require(news.first)
    #expect(opened.openedAt.days(since: opened.beganAt) >= 28)
    #expect(abs(opened.beganAt.days(since: start.adding(days: 150))) <= 28)
    #expect(opened.beganBetween.contains(start.adding(days: 150)))
    #expect(news.allSatisfy { $0.beganAt == opened.beganAt })
  }

  @Test("Reps are looked at as their industries are") func reps() {
    let story = team(days: 200) { day, story in
      for _ in 0..<2 { story.close(start.adding(days: day), .lost, rep: "rep_9", cycle: 100, amount: 1_000) }
    }
    #expect(story.shifts(settings).contains { $0.kind == .lowVelocity && $0.segment == "rep=rep_9" })
  }

  // MARK: Cycles

  /// A CRM that begins on a day: deals are created from then on, and close when their cycle is over. Cycles are lognormal
  /// around a median of 50 days; those that begin after a day are longer by a factor.
  private func history(seed: UInt64, days: Int, spread: Double, longerFrom: Int = .max) -> ReportStory {
    var random = Seeded(seed)
    var deals: [(closed: Double, cycle: Int, industry: Symbol)] = []
    for day in 0..<days {
      for _ in 0..<8 {
        let normal = (-2 * log(1 - random.share())).squareRoot() * cos(2 * .pi * random.share())
        let cycle = max(1, 50 * exp(spread * normal) * (day >= longerFrom ? 1.6 : 1))
        let closed = Double(day) + random.share() + cycle
        if closed < Double(days) {
          deals.append((closed, Int(cycle), ["SaaS", "FinTech", "EdTech"][random.number(3)]))
        }
      }
    }
    var story = ReportStory()
    for deal in deals.sorted(by: { $0.closed < $1.closed }) {
      story.close(
        start.adding(milliseconds: Int64(deal.closed * 86_400_000)), random.number(2) == 0 ? .won : .lost,
        rep: Symbol("rep_\(random.number(5))"), industry: deal.industry, cycle: deal.cycle, amount: 500_000)
    }
    return story
  }

  @Test("The first years of a history, in which nothing changes, bring no longer cycles", arguments: [0.5, 0.9])
  func youngHistory(spread: Double) {
    for seed in 1...4 as ClosedRange<UInt64> {
      let news = history(seed: seed, days: 800, spread: spread).shifts(settings)
        .filter { $0.kind == .longerCycle && $0.phase == .opened }
      #expect(news.isEmpty, "seed \(seed): \(news.map { "\($0.occurredAt.days(since: start)) \($0.title)" })")
    }
  }

  @Test("Cycles that grow by more than half are told") func longer() throws {
    let news = history(seed: 9, days: 1_100, spread: 0.5, longerFrom: 800).shifts(settings)
      .filter { $0.kind == .longerCycle && $0.phase == .opened }
    let team = try #require(news.first { $0.segment == "team" })
    #expect(team.occurredAt.days(since: start) > 800)
  }

  // MARK: Moves

  /// An engine that has seen each of ten reps move thirty deals in a January; one of them moved most of them back.
  private func moved() -> TrendEngine {
    var engine = TrendEngine(settings: settings)
    _ = engine.advance(to: start)
    for rep in 0..<10 {
      for number in 0..<30 {
        let (id, instant) = ("R\(rep)D\(number)", start.adding(days: number % 20))
        let name = Symbol("rep_\(rep)")
        engine.observe(.of(id, at: instant, rep: name, stage: .proposal))
        let isBack = rep == 3 && number < 20
        engine.observe(
          .of(
            id, at: instant.adding(days: 1), .stageChange, rep: name, stage: isBack ? .demo : .negotiation,
            flags: isBack ? .regressed : []))
      }
    }
    return engine
  }

  private func regressions(_ engine: inout TrendEngine, weeks: Range<Int>) -> [TrendShift] {
    weeks.flatMap { engine.advance(to: start.adding(days: $0 * 7)) }.filter { $0.kind == .regressions }
  }

  @Test("A rep's moves backwards count for a quarter, and their shift ends with them") func moves() throws {
    var engine = moved()
    let news = regressions(&engine, weeks: 4..<40)
    let opened = try #require(news.first)
    #expect(opened.segment == "rep=rep_3" && opened.phase == .opened && opened.after > 0.6)
    #expect(opened.action?.contains("R3D") == true)
    let resolved = try #require(news.last)
    #expect(resolved.phase == .resolved && resolved.shiftID == opened.shiftID)
    #expect((80...130).contains(resolved.occurredAt.days(since: start)))
  }

  @Test("A deal that once went backwards and moves on today does not go backwards today") func onceBack() {
    var engine = TrendEngine(settings: settings)
    _ = engine.advance(to: start)
    for rep in 0..<10 {
      for number in 0..<30 {
        let id = "R\(rep)D\(number)"
        engine.observe(.of(id, at: start, rep: Symbol("rep_\(rep)"), stage: .demo))
        engine.observe(
          .of(
            id, at: start.adding(days: 10), .stageChange, rep: Symbol("rep_\(rep)"), stage: .proposal,
            flags: rep == 3 ? .regressed : []))
      }
    }
    #expect(regressions(&engine, weeks: 3..<12).isEmpty)
  }

  // MARK: Fields

  /// What is told of new deals of some sources: name, deals, those that lack fields.
  private func fields(_ sources: [(Symbol, Int, Int)]) -> [TrendShift] {
    var engine = TrendEngine(settings: settings)
    _ = engine.advance(to: start)
    for (source, deals, missing) in sources {
      for number in 0..<deals {
        let flags: RiskFlags = number < missing ? .missingFields : []
        engine.observe(.of("\(source.text)\(number)", at: start, source: source, flags: flags))
      }
    }
    return engine.advance(to: start.adding(days: 7)).filter { $0.kind == .missingFields }
  }

  @Test("What the others lack is an estimate too: five of forty beside none of twenty are no news") func fewOthers()
    throws
  {
    #expect(fields([("Inbound", 20, 0), ("Fair", 40, 5)]).isEmpty)
    let told = try #require(fields([("Inbound", 400, 0), ("Fair", 40, 5)]).first)
    #expect(told.segment == "lead_source=Fair" && told.before == 0 && told.dealsBefore == 400)
  }

  @Test("A source without others to hold it against is not judged") func noOthers() {
    #expect(fields([("Fair", 60, 40)]).isEmpty)
    #expect(fields([("Fair", 60, 40), ("Inbound", 19, 0)]).isEmpty)
    #expect(fields([("Fair", 60, 40), ("Inbound", 20, 0)]).count == 1)
  }

  @Test("Sources that lack fields equally often bring fewer alarms in a year than are allowed") func equalSources() {
    var told = 0
    for seed in 1...200 as ClosedRange<UInt64> {
      var random = Seeded(seed)
      func missing(_ deals: Int) -> Int { (0..<deals).count { _ in random.share() < 0.08 } }
      told += fields([("Fair", 120, missing(120)), ("Inbound", 25, missing(25))]).count
    }
    // One of 52 looks a year.
    #expect(told <= 4 + 5, "200 looks allow four, and chance a few more: \(told)")
  }

  @Test("Missing fields of a source that sends nothing more are over") func missingFields() throws {
    var engine = TrendEngine(settings: settings)
    _ = engine.advance(to: start)
    for number in 0..<60 {
      engine.observe(.of("A\(number)", at: start, source: "Inbound"))
      engine.observe(.of("B\(number)", at: start, source: "Fair", flags: number < 30 ? .missingFields : []))
    }
    let news = (1..<20).flatMap { engine.advance(to: start.adding(days: $0 * 7)) }.filter { $0.kind == .missingFields }
    #expect(news.first?.segment == "lead_source=Fair" && news.first?.phase == .opened)
    #expect(news.last?.phase == .resolved)
    #expect(Set(news.map(\.shiftID)).count == 1)
  }
}
