import Deals
import Testing

@testable import Alerts

@Suite struct GroupingTests {
  private let grouped =
    "route: {receiver: out, group_by: [industry], group_wait: 5m, group_interval: 30m, repeat_interval: 2d}"

  @Test("alerts of a group share a message after group_wait, most dollars first")
  func wait() throws {
    var story = try Story(grouped)
    story.take(Story.deal("D1", dollars: 60_000, ["industry": "EdTech"]))
    story.pass("2m")
    story.take(Story.deal("D2", dollars: 90_000, ["industry": "EdTech"]))
    story.take(Story.deal("D3", ["industry": "Retail"]))
    story.pass("2m")
    #expect(story.messages.isEmpty)
    story.pass("4m")
    #expect(story.messages.count == 2)
    #expect(story.messages.first { $0.labels == ["industry=EdTech"] }?.alerts.map(\.source.subject) == ["D2", "D1"])
  }

  @Test("an alert that is over within group_wait is never sent")
  func transient() throws {
    var story = try Story(grouped)
    story.take(Story.deal())
    story.pass("1m")
    story.take(.ended(dealID: "D1", at: story.now))
    story.pass("3d", step: "1h")
    #expect(story.messages.isEmpty)
  }

  @Test("news of a group waits for group_interval, and what stays open is said again after repeat_interval")
  func intervals() throws {
    var story = try Story(grouped)
    story.take(Story.deal("D1"))
    story.pass("6m")
    let first = try #require(story.messages.first?.madeAt)
    story.take(Story.deal("D2"))
    story.pass("3d", step: "1m")
    #expect(story.purposes == [.alert, .alert, .reminder])
    #expect(story.messages[1].madeAt.milliseconds - first.milliseconds == 30 * 60_000)
    #expect(story.messages[2].madeAt.milliseconds - first.milliseconds == 2 * 86_400_000)
    #expect(Set(story.messages[2].alerts.map(\.source.subject)) == ["D1", "D2"])
  }

  @Test("a message carries the news of its group and counts what stands; the end of one is not the list of all others")
  func newsOnly() throws {
    var story = try Story(grouped)
    for number in 1...3 { story.take(Story.deal("D\(number)")) }
    story.pass("6m")
    story.take(Story.deal("D4", dollars: 90_000))
    story.pass("31m")
    let second = try #require(story.messages.dropFirst().first)
    #expect(second.alerts.map(\.source.subject) == ["D4"])
    #expect(second.standing == 3)
    #expect(second.standingDollars == Money(units: 225_000))
    #expect(story.decisions.filter { $0.messageID == second.id }.map(\.subject) == ["D4"])
    story.take(.ended(dealID: "D2", at: story.now))
    story.pass("31m")
    let third = try #require(story.messages.last)
    #expect(third.purpose == .resolved)
    #expect(third.alerts.isEmpty)
    #expect(third.resolved.map(\.source.subject) == ["D2"])
    #expect(third.standing == 3)
  }

  @Test("in a group that has news all the time what stands is reminded of and escalated as if it were alone")
  func busyGroup() throws {
    let team = """
      owners: {cro: carla, people: {carla: {name: Carla}, max: {name: Max, manager: carla}, rep_1: {name: Rita, manager: max}}}
      budget: {per_day: 1000}
      spike: {deals: 100000}
      route: {receiver: out, to: manager, group_by: [kind], group_wait: 1m, group_interval: 5m, repeat_interval: 3h,
        escalate_after: 4h}
      """
    var story = try Story(team)
    story.take(Story.deal("D0", ["rep_id": "rep_1"]))
    for number in 1...42 {
      story.pass("10m")
      story.take(Story.deal("D\(number)", ["rep_id": "rep_1"]))
    }
    let escalations = story.messages.filter { $0.purpose == .escalation }
    #expect(escalations.first?.alerts.contains { $0.source.subject == "D0" } == true)
    #expect(escalations.first?.recipient?.id == "carla")
    #expect(story.messages.contains { $0.purpose == .reminder })
  }

  @Test("an open trend shift speaks for the deals of its segment, and for no others")
  func inhibition() throws {
    let inhibit = "\ninhibit: [{source: [\"kind=trend_shift\"], target: [\"kind=deal_risk\"], within_segment: true}]"
    var story = try Story("route: {receiver: out, group_by: [\"...\"], group_wait: 1m}" + inhibit)
    story.take(Story.shift("industry=EdTech and region=Europe"))
    story.take(Story.deal("D1", ["industry": "EdTech", "region": "Europe"]))
    story.take(Story.deal("D2", ["industry": "EdTech", "region": "Asia"]))
    story.pass("1h")
    #expect(Set(story.messages.flatMap(\.alerts).map(\.source.subject)) == ["industry=EdTech and region=Europe", "D2"])
    #expect(story.reasons("D1").contains(.inhibited))
    var ended = Story.shift("industry=EdTech and region=Europe")
    ended.signal = .ended
    story.take(ended)
    story.pass("1h")
    #expect(story.messages.contains { $0.alerts.map(\.source.subject) == ["D1"] })
  }

  @Test("a silence holds back what fits, with its author and comment; what is still open speaks when it ends")
  func silences() throws {
    var story = try Story()
    story.pipeline.silence(
      try Silence(
        id: "s1", matchers: ["deal_id=D1"], startsAt: story.now, endsAt: story.now.adding(milliseconds: 3_600_000),
        author: "ann", comment: "on vacation"))
    story.take(Story.deal("D1"))
    story.take(Story.deal("D2"))
    story.pass("30m")
    #expect(story.messages.map { $0.alerts.map(\.source.subject) } == [["D2"]])
    #expect(story.decisions.contains { $0.reason == .silenced && $0.text == "silence s1 by ann: on vacation" })
    story.pass("40m")
    #expect(story.messages.map { $0.alerts.map(\.source.subject) } == [["D2"], ["D1"]])
  }

  @Test("a silence needs matchers, an end, an author and a comment")
  func badSilences() {
    let now = Timestamp(milliseconds: 0)
    #expect(throws: Matcher.Fault.self) {
      try Silence(id: "s", matchers: [], startsAt: now, endsAt: now.adding(days: 1), author: "a", comment: "c")
    }
    #expect(throws: Matcher.Fault.self) {
      try Silence(id: "s", matchers: ["kind=x"], startsAt: now, endsAt: now, author: "a", comment: "c")
    }
    #expect(throws: Matcher.Fault.self) {
      try Silence(id: "s", matchers: ["kind=x"], startsAt: now, endsAt: now.adding(days: 91), author: "a", comment: "c")
    }
  }

  @Test("nobody is reminded of what they acknowledged, until it is worse by a tier")
  func acknowledgement() throws {
    var story = try Story("route: {receiver: out, group_by: [\"...\"], group_wait: 0s, repeat_interval: 1h}")
    story.take(Story.deal())
    story.pass("1m")
    let isKnown = story.pipeline.acknowledge(subject: "D1", author: "ann", at: story.now)
    #expect(isKnown)
    story.pass("5h")
    #expect(story.purposes == [.alert])
    story.take(Story.deal(score: 70, tier: .critical))
    story.pass("90m")
    #expect(story.purposes == [.alert, .alert, .reminder])
  }

  @Test("new rules route what is open again, and what was said stays said")
  func reload() throws {
    var story = try Story()
    story.take(Story.deal("D1"))
    story.pass("1m")
    let same = story.pipeline.rules
    story.pipeline.reload(same, at: story.now)
    story.pass("1h")
    #expect(story.purposes == [.alert])
    let other = try Story("route: {receiver: mail, group_by: [kind], group_wait: 0s}").pipeline.rules
    story.pipeline.reload(other, at: story.now)
    story.pass("1h")
    #expect(story.messages.map(\.receiver) == ["out", "mail"])
  }
}
