import Deals
import Foundation
import TestSupport
import Testing

@testable import Trends

@Suite("Reports end with their local period in event time, and late outcomes amend them") struct ReporterTests {
  @Test(
    "An outcome belongs to the local day in which it closed, on days of 23 and of 25 hours",
    arguments: daysOfChange)
  func dayOfChange(zone: String, from: String, to: String, name: String) throws {
    var story = ReportStory()
    story.close(at(from).adding(milliseconds: -1), .lost)
    story.close(at(from), .won)
    story.close(at(to).adding(milliseconds: -1), .won)
    story.close(at(to), .lost)
    story.close(at(to).adding(days: 1), .lost)
    let daily = try story.reports(.daily, zone)
    #expect(try daily.map { try $0.figure("won") } == [0, 2, 0])
    #expect(try daily.map { try $0.figure("lost") } == [1, 0, 1])
    #expect(daily[1].period == name && daily[1].from == at(from) && daily[1].to == at(to))
    #expect(daily.allSatisfy { $0.lateOutcomes == 0 })
  }

  @Test("A week and a month end at local midnight in the middle of a change of clocks") func weekAndMonth() throws {
    var story = ReportStory()
    story.close(at("2026-03-02T12:00:00Z"), .won)
    story.close(at("2026-03-29T21:59:59Z"), .won)
    story.close(at("2026-03-29T22:00:00Z"), .lost)
    story.close(at("2026-03-31T21:59:59Z"), .won)
    story.close(at("2026-03-31T22:00:00Z"), .lost)
    story.close(at("2026-05-01T00:00:00Z"), .lost)
    let week = try #require(try story.reports(.drivers, "Europe/Paris").first { $0.period == "2026-W13" })
    #expect(week.to == at("2026-03-29T22:00:00Z"))
    #expect(try week.figure("week_deals") == 1 && week.figure("week_win_rate") == 1)
    let cards = try story.reports(.scorecard, "Europe/Paris")
    #expect(cards.map(\.period) == ["2026-03", "2026-04"])
    #expect(cards[0].to == at("2026-03-31T22:00:00Z"))
    #expect(try cards[0].figure("won_month") == 3 && cards[0].figure("lost_month") == 1)
    #expect(try cards[1].figure("won_month") == 0 && cards[1].figure("lost_month") == 1)
  }

  @Test("Only event time ends a period: what is told of a day within that day makes no report") func eventTime() throws
  {
    var story = ReportStory()
    story.close(at("2026-03-04T00:00:00Z"), .won)
    story.close(at("2026-03-04T23:59:59.999Z"), .won)
    #expect(try story.reports().isEmpty)
    // An entry that happened earlier than the last one moves nothing back.
    story.close(at("2026-03-05T00:00:00Z"), .won)
    story.close(at("2026-03-04T12:00:00Z"), .won)
    story.close(at("2026-03-05T01:00:00Z"), .won)
    #expect(try story.reports().map(\.report.period) == ["2026-03-04"])
  }

  @Test("A late outcome is told of in the next report of its kind, with what the amended period holds now")
  func late() throws {
    var story = ReportStory()
    story.close(at("2026-03-02T10:00:00Z"), .won)
    story.close(at("2026-03-02T11:00:00Z"), .lost)
    story.close(at("2026-03-03T10:00:00Z"), .won)
    // The second of March has been reported: three entries change it.
    story.close(at("2026-03-02T12:00:00Z"), .won, told: at("2026-03-03T11:00:00Z"))
    story.amend(1, to: .won, told: at("2026-03-03T12:00:00Z"))
    story.reopen(0, told: at("2026-03-03T13:00:00Z"))
    story.close(at("2026-03-04T10:00:00Z"), .won)
    story.close(at("2026-03-05T10:00:00Z"), .won)
    let daily = try story.reports(.daily)
    #expect(daily.map(\.period) == ["2026-03-02", "2026-03-03", "2026-03-04"])
    #expect(daily.map(\.lateOutcomes) == [0, 3, 0])
    let report = daily[1]
    #expect(report.lines.contains("3 outcomes came after the report of their own period; they are counted now"))
    #expect(report.lines.contains("2026-03-02 is amended: 2 won and 0 lost, it said 1 won and 1 lost"))
    #expect(report.label("amended_1") == "2026-03-02")
    #expect(try report.figure("amended_periods") == 1)
    #expect(try report.figure("amended_1_won") == 2 && report.figure("amended_1_lost") == 0)
    #expect(try report.figure("amended_1_won_change") == 1 && report.figure("amended_1_lost_change") == -1)
    // The day's own figures are its own.
    #expect(try report.figure("won") == 1 && report.figure("lost") == 0)
    #expect(!daily[2].lines.contains { $0.contains("amended") || $0.contains("came after") })
  }

  @Test("An outcome that is late for its day alone is late for no week and no month") func lateForTheDay() throws {
    var story = ReportStory()
    story.close(at("2026-03-03T10:00:00Z"), .won)
    story.close(at("2026-03-05T10:00:00Z"), .won)
    story.close(at("2026-03-03T12:00:00Z"), .lost, told: at("2026-03-05T11:00:00Z"))
    story.close(at("2026-04-07T10:00:00Z"), .won)
    let reports = try story.reports().map(\.report)
    #expect(reports.first { $0.period == "2026-03-05" }?.lateOutcomes == 1)
    #expect(reports.filter { $0.kind != .daily }.allSatisfy { $0.lateOutcomes == 0 })
    let week = try #require(reports.first { $0.kind == .drivers })
    #expect(try week.figure("week_deals") == 3)
  }

  @Test("A week and a rep's month are amended too; the other reps' cards say nothing of it") func lateForTheMonth()
    throws
  {
    var story = ReportStory()
    story.close(at("2026-03-03T10:00:00Z"), .won, rep: "rep_1")
    story.close(at("2026-03-04T10:00:00Z"), .lost, rep: "rep_2")
    story.close(at("2026-04-01T10:00:00Z"), .won, rep: "rep_2")
    story.close(at("2026-03-05T10:00:00Z"), .lost, rep: "rep_1", told: at("2026-04-02T10:00:00Z"))
    story.close(at("2026-05-04T10:00:00Z"), .won, rep: "rep_2")
    let cards = try story.reports(.scorecard).filter { $0.period == "2026-04" }
    #expect(cards.map(\.subject) == ["rep_1", "rep_2"])
    #expect(cards.map(\.lateOutcomes) == [1, 0])
    #expect(cards[0].label("amended_1") == "2026-03")
    #expect(try cards[0].figure("amended_1_won") == 1 && cards[0].figure("amended_1_lost") == 1)
    #expect(try cards[1].figure("amended_periods") == 0)
    let week = try #require(try story.reports(.drivers).first { $0.lateOutcomes > 0 })
    #expect(week.period == "2026-W14" && week.label("amended_1") == "2026-W10")
    #expect(try week.figure("amended_1_lost") == 2 && week.figure("amended_1_lost_change") == 1)
  }

  @Test("A rep whose only deal was taken back has a card that says so, and none the month after")
  func takenBack() throws {
    var story = ReportStory()
    story.close(at("2026-03-03T10:00:00Z"), .won, rep: "rep_1")
    story.close(at("2026-04-01T10:00:00Z"), .won, rep: "rep_2")
    story.reopen(0, told: at("2026-04-02T10:00:00Z"))
    story.close(at("2026-05-04T10:00:00Z"), .won, rep: "rep_2")
    story.close(at("2026-06-04T10:00:00Z"), .won, rep: "rep_2")
    let cards = try story.reports(.scorecard)
    let card = try #require(cards.first { $0.period == "2026-04" && $0.subject == "rep_1" })
    #expect(card.lines.contains("2026-03 is amended: 0 won and 0 lost, it said 1 won and 0 lost"))
    #expect(try card.figure("deals_year") == 0 && card.figure("amended_1_won_change") == -1)
    #expect(cards.filter { $0.period == "2026-05" }.map(\.subject) == ["rep_2"])
  }

  @Test("An amendment that leaves wins and losses as they were amends no period") func unchanged() throws {
    var story = ReportStory()
    story.close(at("2026-03-02T10:00:00Z"), .won)
    story.close(at("2026-03-03T10:00:00Z"), .won)
    story.amend(0, to: .won, told: at("2026-03-03T11:00:00Z"))
    story.close(at("2026-03-04T10:00:00Z"), .won)
    let report = try #require(try story.reports(.daily).last)
    #expect(report.lateOutcomes == 1)
    #expect(!report.lines.contains { $0.contains("is amended") }, "\(report.lines)")
    #expect(report.label("amended_1") == nil)
    #expect(try report.figure("amended_periods") == 0)
  }

  @Test("What closed before the first period that was reported amends nothing") func beforeTheFirst() throws {
    var story = ReportStory()
    story.close(at("2026-03-03T10:00:00Z"), .won)
    story.close(at("2026-01-03T10:00:00Z"), .won, told: at("2026-03-03T11:00:00Z"))
    story.close(at("2026-03-04T10:00:00Z"), .won)
    #expect(try story.reports(.daily).map(\.lateOutcomes) == [0])
  }

  @Test("An entry that a crash left twice in the ledger is late once") func repeated() throws {
    var story = ReportStory()
    story.close(at("2026-03-02T10:00:00Z"), .won)
    story.close(at("2026-03-03T10:00:00Z"), .won)
    story.close(at("2026-03-02T12:00:00Z"), .lost, told: at("2026-03-03T11:00:00Z"))
    story.repeatLast()
    story.close(at("2026-03-04T10:00:00Z"), .won)
    #expect(try story.reports(.daily).map(\.lateOutcomes) == [0, 1])
  }

  @Test("A period without outcomes has its report, which says so") func empty() throws {
    var story = ReportStory()
    story.close(at("2026-03-06T10:00:00Z"), .won)
    story.close(at("2026-03-30T10:00:00Z"), .won)
    let reports = try story.reports().map(\.report)
    let daily = reports.filter { $0.kind == .daily }
    #expect(daily.count == 24 && daily.map(\.period) == daily.map(\.period).sorted())
    #expect(try daily.map { try $0.figure("won") } == [1] + Array(repeating: 0, count: 23))
    #expect(try daily.dropFirst().allSatisfy { try $0.figure("win_rate") == nil && $0.figure("win_rate_low") == nil })
    #expect(daily[1].lines.first == "0 won ($0K), 0 lost ($0K)")
    let weekly = reports.filter { $0.kind == .drivers }
    #expect(weekly.map(\.period) == ["2026-W10", "2026-W11", "2026-W12", "2026-W13"])
    #expect(weekly[1].lines.contains("no deal closed in the week"))
    #expect(try weekly[1].figure("week_win_rate") == nil && weekly[1].figure("win_rate_week_change") == nil)
    #expect(reports.map(\.to) == reports.map(\.to).sorted(), "reports come in the order of their ends")
    try expectValid(reports)
  }

  @Test("A silence of years makes a month of empty reports, and then goes on where outcomes are") func silence() throws
  {
    var story = ReportStory()
    story.close(at("2016-03-07T10:00:00Z"), .won)
    story.close(at("2026-03-02T10:00:00Z"), .won)
    story.close(at("2026-03-03T10:00:00Z"), .won)
    let daily = try story.reports(.daily)
    #expect(daily.count == 1 + RunningPeriod.silentDays + 1)
    #expect(daily.suffix(2).map(\.period) == ["2016-04-07", "2026-03-02"])
  }

  @Test(
    "Whoever takes over at any offset makes the same reports with the same identities, and none twice",
    arguments: [3, 4] as [UInt64])
  func takeover(seed: UInt64) throws {
    let story = ReportStory.long(seed: seed, deals: 500)
    let whole = try story.reports("Europe/Paris")
    let again = try story.reports("Europe/Paris")
    let isSame = whole.map(\.report) == again.map(\.report)
    #expect(isSame, "seed \(seed)")
    #expect(whole.map(\.offset) == again.map(\.offset))
    #expect(Set(whole.map(\.report.eventID)).count == whole.count)
    #expect(Set(whole.map(\.report.kind)) == Set(Report.Kind.allCases))
    #expect(whole.contains { $0.report.lateOutcomes > 0 })
    var random = Seeded(seed)
    for _ in 0..<200 {
      // The first one said everything below an offset, and perhaps more before its position was committed.
      let committed = random.number(story.entries.count)
      let said = committed + random.number(40)
      let published = whole.filter { $0.offset < said }.map(\.report)
      let known = Set(published.map(\.eventID))
      let rest = again.filter { $0.offset >= committed && !known.contains($0.report.eventID) }.map(\.report)
      let isSame = published + rest == whole.map(\.report)
      #expect(isSame, "seed \(seed), committed \(committed)")
    }
  }

  @Test("What the reporter makes of a long history holds to the schema of its kind")
  func schemas() throws {
    let reports = try ReportStory.long(seed: 1, deals: 1_200).reports("America/Los_Angeles").map(\.report)
    // Of each kind the first, which knows little, and the last ones.
    for kind in Report.Kind.allCases {
      let own = reports.filter { $0.kind == kind }
      #expect(own.count > 10)
      try expectValid(own.prefix(2) + own.suffix(4))
    }
    let drivers = try #require(reports.last { $0.kind == .drivers })
    #expect(drivers.label("best_3") != nil && drivers.label("worst_3") != nil && drivers.label("mismatch_5") != nil)
  }

  private func expectValid(_ reports: some Sequence<Report>) throws {
    for report in reports {
      let file = "report-\(report.kind.rawValue.replacing("_", with: "-")).schema.json"
      var writer = JSONWriter()
      writer.report(report)
      #expect(try JSONSchema(file: file).faults(writer.bytes) == [], "\(report.kind) of \(report.period)")
    }
  }
}
