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

  // MARK: Amendments

  /// Wins and losses in turn, and then some losses of `rep_1`; the entries of the losses.
  private func losses(_ count: Int) -> (story: ReportStory, losses: Range<Int>) {
    var story = ReportStory()
    for day in 0..<200 { story.close(start.adding(days: day), day % 2 == 0 ? .lost : .won) }
    for day in 200..<200 + count { story.close(start.adding(days: day), .lost) }
    return (story, 200..<200 + count)
  }

  private func streaks(_ story: ReportStory, _ segment: String = "rep=rep_1") -> [TrendShift] {
    story.shifts(TrendSettings()).filter {
      ($0.kind == .losingStreak || $0.kind == .winningStreak) && $0.segment == segment
    }
  }

  @Test("Seven losses whose reasons and amounts are entered later stay seven") func reasons() {
    var (story, losses) = losses(7)
    for index in losses {
      story.amend(index, told: start.adding(days: 210)) { $0.lossReason = "Price" }
      story.amend(index, told: start.adding(days: 211)) { $0.amount = Money(units: 5_000) }
    }
    #expect(streaks(story).isEmpty)
    // Nine are told of a rep who wins half.
    story.close(start.adding(days: 212), .lost)
    #expect(streaks(story).isEmpty)
    story.close(start.adding(days: 213), .lost)
    #expect(streaks(story).map(\.after) == [9])
  }

  @Test("An old loss that is amended does not end the streak that lasts") func oldLoss() {
    var (story, _) = losses(12)
    story.amend(20, told: start.adding(days: 213)) { $0.lossReason = "Price" }
    // A win amended in its amount is no new win.
    story.amend(21, told: start.adding(days: 213)) { $0.amount = Money(units: 5_000) }
    // Long ago, and another outcome: it touches the run no more.
    story.amend(20, to: .won, told: start.adding(days: 214))
    story.close(start.adding(days: 215), .lost)
    #expect(streaks(story).map(\.phase) == [.opened] + Array(repeating: .updated, count: 4))
    #expect(streaks(story).last?.after == 13)
  }

  @Test("A deal that is reopened and lost again counts once") func reopened() {
    var (story, losses) = losses(8)
    for (number, index) in losses.prefix(5).enumerated() {
      story.reopen(index, told: start.adding(days: 211 + number))
      story.closeAgain(index, told: start.adding(days: 216 + number))
    }
    #expect(streaks(story).isEmpty)
  }

  @Test("A streak that was told ends where one of its losses turns out to be a win") func putRight() throws {
    var (story, losses) = losses(12)
    story.amend(losses.upperBound - 4, to: .won, told: start.adding(days: 213))
    let news = streaks(story)
    #expect(news.map(\.phase) == [.opened, .updated, .updated, .updated, .resolved])
    #expect(news.last?.title == "rep_1 has lost 12 consecutive deals no longer: an outcome was put right")
    #expect(Set(news.map(\.shiftID)).count == 1)
    // Three are left; he lost more often by now, so ten are told.
    for day in 214..<221 { story.close(start.adding(days: day), .lost) }
    let again = try #require(streaks(story).last)
    #expect(again.phase == .opened && again.after == 10)
  }

  @Test("A streak keeps its identity where one of its losses is taken back and it is as unlikely still")
  func takenBack() {
    var (story, losses) = losses(14)
    story.reopen(losses.lowerBound + 3, told: start.adding(days: 215))
    let news = streaks(story)
    #expect(news.last?.phase == .updated && news.last?.after == 13)
    #expect(Set(news.map(\.shiftID)).count == 1)
  }

  @Test("A win between two runs that turns out to be a loss makes them one") func joined() {
    var (story, losses) = losses(5)
    story.close(start.adding(days: 206), .won)
    for day in 207..<210 { story.close(start.adding(days: day), .lost) }
    #expect(streaks(story).isEmpty)
    story.amend(losses.upperBound, to: .lost, told: start.adding(days: 212))
    #expect(streaks(story).map(\.after) == [9])
  }

  @Test("Losses that turn out to be another's go to his streak, each in its place") func moved() {
    var (story, losses) = losses(11)
    story.close(start.adding(days: 205).adding(milliseconds: 1), .won, rep: "rep_2", told: start.adding(days: 212))
    for index in losses { story.amend(index, told: start.adding(days: 213)) { $0.descriptors.rep = "rep_2" } }
    // Eleven, ten and nine, and with the third that is taken away eight.
    #expect(streaks(story).last?.phase == .resolved)
    #expect(Set(streaks(story).map(\.shiftID)).count == 1)
    // Six before the win and five after it: eleven, but not in a row.
    #expect(streaks(story, "rep=rep_2").isEmpty)
  }
}
