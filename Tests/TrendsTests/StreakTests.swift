import Deals
import Testing

@testable import Trends

@Suite("Streaks are held against the deals that could have made one") struct StreakTests {
  private let start = at("2025-01-06T00:00:00Z")

  /// A year of four deals a day; rep_18 wins six of seven in FinTech.
  private func year(seed: UInt64, team: Double) -> ReportStory {
    var (story, random) = (ReportStory(), Seeded(seed))
    for day in 0..<364 {
      for number in 0..<3 {
        story.close(
          start.adding(days: day), random.share() < team ? .won : .lost, rep: Symbol("rep_\(number)"))
      }
      if day < 350 {
        story.close(start.adding(days: day), day % 7 == 6 ? .lost : .won, rep: "rep_18", industry: "FinTech")
      }
    }
    return story
  }

  @Test("Five losses in a row are told of a rep who wins six of seven") func five() throws {
    var story = year(seed: 1, team: 0.45)
    for hour in 1...9 {
      story.close(
        start.adding(days: 364).adding(milliseconds: Int64(hour) * 3_600_000), .lost, rep: "rep_18", industry: "FinTech"
      )
    }
    let opened = try #require(
      story.shifts(TrendSettings()).first {
        $0.kind == .losingStreak && $0.phase == .opened && $0.segment == "rep=rep_18 and industry=FinTech"
      })
    #expect(opened.after == 5)
    #expect(opened.title == "rep_18 has lost 5 consecutive FinTech deals")
  }

  @Test("A rep is held against his own deals, though reps are not watched") func unwatched() {
    var settings = TrendSettings()
    settings.segments = [SegmentDimensions(.industry)]
    let told = (1...5 as ClosedRange<UInt64>).reduce(0) { sum, seed in
      sum + year(seed: seed, team: 0.15).shifts(settings).count { $0.kind == .losingStreak && $0.phase == .opened }
    }
    #expect(told <= 10, "one a year is allowed, and five years went by: \(told)")
  }
}
