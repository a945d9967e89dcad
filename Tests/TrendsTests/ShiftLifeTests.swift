import Deals
import Testing

@testable import Trends

/// The life of a shift of a win rate: what is told of it from its opening to its end.
@Suite("Shifts of a win rate bear their own figures to the end") struct ShiftLifeTests {
  /// Deals of one industry, so many a week, won with a chance that depends on the week.
  private func shifts(seed: UInt64, weekly: Int, weeks: Int, chance: (Int) -> Double) -> [TrendShift] {
    var (story, random) = (ReportStory(), Seeded(seed))
    let start = at("2024-01-01T00:00:00Z")
    for week in 0..<weeks {
      for number in 0..<weekly {
        let instant = start.adding(milliseconds: Int64(week) * 604_800_000 + Int64(number * 604_800_000 / weekly))
        story.close(instant, random.share() < chance(week) ? .won : .lost, rep: Symbol("rep_\(number % 7)"))
      }
    }
    var settings = TrendSettings()
    settings.segments = [SegmentDimensions(.industry)]
    return story.shifts(settings).filter { $0.kind == .winRate }
  }

  @Test(
    "A shift that is over tells how far the rate had gone, not the weeks in which it was back", arguments: [1, 2, 3])
  func recovered(seed: Int) throws {
    let news = shifts(seed: UInt64(seed), weekly: 60, weeks: 110) { (60..<72).contains($0) ? 0.7 : 0.45 }
    let opened = try #require(news.first { $0.phase == .opened })
    let resolved = try #require(news.first { $0.phase == .resolved && $0.shiftID == opened.shiftID })
    #expect(opened.after > 0.6)
    #expect(resolved.after > 0.55, "seed \(seed): \(resolved.title)")
    #expect(resolved.before == opened.before && resolved.dealsAfter >= 20)
    #expect(resolved.title.contains("to \(ShiftText.percent(resolved.after))"))
  }

  @Test("A change is the new normal half a year after it was told, however long ago it began", arguments: [1, 2, 3])
  func settledFromOpening(seed: Int) throws {
    let news = shifts(seed: UInt64(seed), weekly: 8, weeks: 200) { $0 < 70 ? 0.5 : 0.28 }
    let opened = try #require(news.first { $0.phase == .opened })
    let resolved = try #require(news.first { $0.phase == .resolved && $0.shiftID == opened.shiftID })
    #expect(opened.openedAt.days(since: opened.beganAt) > 28, "seed \(seed): too easy, it was told at once")
    let days = resolved.occurredAt.days(since: opened.openedAt)
    #expect(days >= 25 * 7 || resolved.title.contains("back"), "seed \(seed): \(days) days, \(resolved.title)")
  }

  @Test("A shift was opened when it was told, and its evidence is that of the opening, with what was needed then")
  func opening() throws {
    let news = shifts(seed: 4, weekly: 60, weeks: 110) { (60..<80).contains($0) ? 0.7 : 0.45 }
    let opened = try #require(news.first { $0.phase == .opened })
    #expect(opened.openedAt == opened.occurredAt)
    let later = news.filter { $0.shiftID == opened.shiftID }
    #expect(later.count > 5)
    #expect(later.allSatisfy { $0.openedAt == opened.openedAt })
    #expect(later.allSatisfy { $0.evidence == opened.evidence && $0.evidenceNeeded == opened.evidenceNeeded })
  }

  @Test("A shift of one short week that is over within the weeks of its beginning has the deals that it was told of")
  func shortShift() throws {
    let settings = TrendSettings()
    var watch = RateWatch()
    var found: [(week: Int, finding: RateWatch.Finding, deals: Int)] = []
    for week in 2_600..<2_720 {
      let isShort = week == 2_700
      for number in 0..<(isShort ? 30 : 100) { watch.count(isShort || number % 2 == 0 ? .lost : .won, week: week) }
      let before = watch
      guard let finding = watch.look(week: week, threshold: 3_000, settings) else { continue }
      let deals = (finding == .recovered ? before : watch).deals(ofShiftThrough: week, finding, settings)
      found.append((week, finding, deals.deals))
    }
    #expect(found.first?.week == 2_700 && found.first?.finding == .opened && found.first?.deals == 30)
    let end = try #require(found.last)
    #expect(end.week < 2_707 && end.finding == .recovered && end.deals == 30)
  }
}
