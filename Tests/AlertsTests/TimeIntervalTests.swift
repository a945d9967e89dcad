import Deals
import Testing

@testable import Alerts

@Suite struct TimeIntervalTests {
  private func instant(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

  private let office = """
    holidays: {de: ["2026-05-01"]}
    time_intervals:
      office:
        - times: [{start: "08:00", end: "18:00"}]
          weekdays: [monday:friday]
          location: Europe/Berlin
          except_holidays: de
      quarter_end: [{days_of_month: ["-3:-1"], months: ["3", june, "9", december]}]
    route:
      receiver: out
      routes:
        - {name: office, receiver: out, group_by: ["..."], group_wait: 0s, active_time_intervals: [office]}
    """

  @Test(
    "an interval follows the wall clock of its zone, weekdays and holidays",
    arguments: [
      ("2026-03-02T07:00:00Z", true), ("2026-03-02T06:59:00Z", false), ("2026-07-06T06:00:00Z", true),
      ("2026-03-02T17:00:00Z", false), ("2026-03-01T10:00:00Z", false), ("2026-05-01T10:00:00Z", false),
    ])
  func zones(_ moment: String, _ isInside: Bool) throws {
    let rules = try Story(office).pipeline.rules
    #expect(rules.intervals["office"]?.contains(try instant(moment)) == isInside)
  }

  @Test("days of the month count from its end too, in leap years as well")
  func monthEnds() throws {
    let interval = try #require(try Story(office).pipeline.rules.intervals["quarter_end"])
    #expect(interval.contains(try instant("2026-03-29T00:00:00Z")))
    #expect(!interval.contains(try instant("2026-03-28T23:59:00Z")))
    #expect(!interval.contains(try instant("2026-04-30T12:00:00Z")))
  }

  @Test("at the end of a mute window one digest says what is still open, and what was resolved meanwhile is not said")
  func muteWindow() throws {
    var story = try Story(office)
    story.now = try instant("2026-03-02T18:00:00Z")
    for number in 1...5 { story.take(Story.deal("D\(number)")) }
    story.pass("2h")
    story.take(.ended(dealID: "D3", at: story.now))
    story.pass("10h")
    #expect(story.messages.isEmpty)
    #expect(story.reasons("D1").contains(.muted))
    story.pass("2h")
    #expect(story.purposes == [.afterMute])
    #expect(Set(story.messages[0].alerts.map(\.source.subject)) == ["D1", "D2", "D4", "D5"])
    #expect(story.messages[0].madeAt == (try instant("2026-03-03T07:00:00Z")))
  }

  private static let nights = """
    time_intervals: {office: [{times: [{start: "08:00", end: "18:00"}]}]}
    owners: {people: {max: {name: Max}, r1: {name: R, manager: max}, r2: {name: R, manager: max}, r3: {name: R, manager: max}}}
    route:
      receiver: out
      to: manager
      group_by: [rep_id]
      routes: [{name: rest, matchers: ["kind=deal_risk"], active_time_intervals: [office], group_wait: 0s}]
    """

  @Test("groups that were muted at different seconds share one message when the office opens")
  func oneMessageAfterAMute() throws {
    var story = try Story(Self.nights)
    story.now = try instant("2026-03-03T07:50:00Z")
    for rep in 1...3 {
      story.take(Story.deal("D\(rep)", ["rep_id": "r\(rep)"]))
      story.pass("17s", step: "1s")
    }
    story.pass("20m", step: "1s")
    #expect(story.purposes == [.afterMute])
    #expect(story.messages.first?.alerts.count == 3)
    #expect(story.messages.first?.madeAt == (try instant("2026-03-03T08:00:00Z")))
  }

  @Test("what ended in a muted group that has news too is said when the mute is over")
  func endAfterAMute() throws {
    var story = try Story(Self.nights)
    story.take(Story.deal("D1", ["rep_id": "r1"]))
    story.pass("10h")
    #expect(story.purposes == [.alert])
    story.take(Story.deal("D2", ["rep_id": "r1"]))
    story.take(.ended(dealID: "D1", at: story.now))
    story.pass("14h")
    #expect(story.purposes == [.alert, .resolved, .afterMute])
    #expect(story.messages.dropFirst().allSatisfy { $0.madeAt.description == "2026-03-03T08:00:00Z" })
    #expect(story.messages.dropFirst().first?.resolved.map(\.source.subject) == ["D1"])
    #expect(story.messages.last?.alerts.map(\.source.subject) == ["D2"])
  }

  private func schedule(_ cadence: DigestSchedule.Cadence, _ zone: String, minute: Int) throws -> DigestSchedule {
    DigestSchedule(
      name: "digest", cadence: cadence, minute: minute, zone: try #require(Zone(zone)), receiver: "out",
      audience: .channel)
  }

  @Test(
    "each day's digest is sent once, at the wall clock's time or just after a gap, over both changes of the clock",
    arguments: ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
  func daylightSaving(_ zone: String) throws {
    let schedule = try schedule(.daily, zone, minute: 2 * 60 + 30)
    var calendar = DigestCalendar()
    var now = try instant("2026-01-01T00:00:00Z")
    _ = calendar.takeDue(schedule, at: now)
    var days: [Day] = []
    for _ in 0..<(365 * 48) {
      now = now.adding(milliseconds: 1_800_000)
      if let day = calendar.takeDue(schedule, at: now) { days.append(day) }
    }
    #expect(days.count == 365)
    #expect(zip(days, days.dropFirst()).allSatisfy { $1 - $0 == 1 })
  }

  @Test("a digest is sent late where the router was down, never twice, and not again when the clock is set back")
  func late() throws {
    let schedule = try schedule(.weekly(weekday: 1), "Europe/Berlin", minute: 8 * 60)
    var calendar = DigestCalendar()
    func take(_ moment: String) throws -> String? { calendar.takeDue(schedule, at: try instant(moment))?.description }
    #expect(try take("2026-03-04T12:00:00Z") == nil)
    #expect(try take("2026-03-09T06:59:00Z") == nil)
    #expect(try take("2026-03-11T12:00:00Z") == "2026-03-09")
    #expect(try take("2026-03-11T12:01:00Z") == nil)
    #expect(try take("2026-03-05T12:00:00Z") == nil)
    #expect(try take("2026-03-16T07:00:00Z") == "2026-03-16")
  }
}
