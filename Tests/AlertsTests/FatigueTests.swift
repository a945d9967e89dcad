import Deals
import Testing

@testable import Alerts

@Suite struct FatigueTests {
  private let team = """
    owners:
      cro: carla
      people:
        carla: {name: Carla}
        max: {name: Max, manager: carla, budget: 2}
        rep_1: {name: Rita, manager: max}
    budget: {per_day: 5}
    digests: [{name: daily, every: day, at: "17:00", receiver: mail, to: manager}]
    route: {receiver: out, to: manager, group_by: ["..."], group_wait: 0s, repeat_interval: 30d}

    """

  @Test("over the daily budget the largest deals are sent, the rest is in the digest")
  func budget() throws {
    var story = try Story(team)
    for (id, dollars) in [("D1", 60_000.0), ("D2", 90_000), ("D3", 70_000), ("D4", 80_000)] {
      story.take(Story.deal(id, dollars: dollars, ["rep_id": "rep_1"]))
    }
    story.pass("9h")
    #expect(story.messages.map { $0.alerts.first?.source.subject } == ["D2", "D4", "D2"])
    let digest = try #require(story.messages.last)
    #expect(digest.purpose == .daily)
    #expect(digest.recipient?.id == "max")
    #expect(digest.alerts.map(\.source.subject) == ["D2", "D4", "D3", "D1"])
    #expect(story.reasons("D1") == [.grouped, .overBudget, .digested])
  }

  @Test("a budget that small deals have used up lets the day's largest through, a few times")
  func largestOfTheDay() throws {
    var story = try Story(team.replacing("budget: 2}", with: "budget: 3}"))
    for number in 1...5 {
      story.take(Story.deal("S\(number)", dollars: 51_000, ["rep_id": "rep_1"]))
      story.tick()
    }
    #expect(story.messages.count == 3)
    for (id, dollars) in [("M", 51_000.0), ("L", 5_000_000), ("XL", 6_000_000)] {
      story.take(Story.deal(id, dollars: dollars, ["rep_id": "rep_1"]))
      story.tick()
    }
    #expect(story.messages.dropFirst(3).compactMap { $0.alerts.first?.source.subject } == ["L"])
    #expect(story.reasons("XL").last == .overBudget)
  }

  @Test("what nobody acknowledges goes to the person above, once")
  func escalation() throws {
    var story = try Story(team.replacing("repeat_interval: 30d", with: "repeat_interval: 30d, escalate_after: 4h"))
    story.take(Story.deal("D1", ["rep_id": "rep_1"]))
    story.pass("7h")
    #expect(story.messages.map { $0.recipient?.id } == ["max", "carla"])
    #expect(story.purposes == [.alert, .escalation])
  }

  @Test("what nobody acknowledges goes up level by level, and who was asked hears of the end")
  func escalationByLevel() throws {
    var story = try Story(
      team.replacing("to: manager, group_by", with: "to: rep, group_by")
        .replacing("repeat_interval: 30d", with: "repeat_interval: 1h, escalate_after: 4h")
        .replacing("per_day: 5", with: "per_day: 100"))
    story.take(Story.deal("D1", ["rep_id": "rep_1"]))
    story.pass("13h")
    let asked = story.messages.filter { $0.purpose == .escalation }
    #expect(asked.map { $0.recipient?.id } == ["max", "carla"])
    #expect(
      asked.map { $0.madeAt.milliseconds - story.messages[0].madeAt.milliseconds } == [4 * 3_600_000, 8 * 3_600_000])
    story.take(.ended(dealID: "D1", at: story.now))
    story.pass("10m")
    #expect(story.messages.filter { $0.purpose == .resolved }.map { $0.recipient?.id } == ["rep_1", "max", "carla"])
    #expect(Set(story.messages.map(\.id)).count == story.messages.count)
  }

  @Test("what is acknowledged in time is not escalated")
  func acknowledgedInTime() throws {
    var story = try Story(team.replacing("repeat_interval: 30d", with: "repeat_interval: 30d, escalate_after: 4h"))
    story.take(Story.deal("D1", ["rep_id": "rep_1"]))
    story.pass("3h")
    _ = story.pipeline.acknowledge(subject: "D1", author: "max", at: story.now)
    story.pass("4h")
    #expect(story.purposes == [.alert])
  }

  @Test("a flood becomes a few messages and one digest, with nothing left out")
  func storm() throws {
    var story = try Story(
      "storm: {messages: 10, within: 10m}\nspike: {deals: 100000}\nroute: {receiver: out, group_by: [\"...\"], group_wait: 0s}"
    )
    for number in 1...500 { story.take(Story.deal("D\(number)")) }
    story.pass("15m")
    #expect(story.messages.count == 11)
    #expect(story.messages.last?.purpose == .storm)
    #expect(Set(story.messages.flatMap(\.alerts).map(\.source.subject)).count == 500)
  }

  @Test("what is over in a storm is said when the storm is, and nothing about the router itself waits for that")
  func stormEnds() throws {
    var story = try Story(
      """
      storm: {messages: 10, within: 1h}
      spike: {deals: 10, within: 5m}
      route: {receiver: out, group_by: ["..."], group_wait: 0s, group_interval: 1m}
      """)
    for number in 1...40 { story.take(Story.deal("D\(number)")) }
    story.pass("10m")
    #expect(story.messages.contains { $0.resolved.contains { $0.source.kind == .volumeSpike } })
    for number in 1...40 { story.take(.ended(dealID: "D\(number)", at: story.now)) }
    story.pass("2h")
    let over = story.messages.flatMap(\.resolved).filter { $0.source.kind == .dealRisk }.map(\.source.subject)
    // Thirty were gathered for the storm's message, and were over before it was made.
    #expect(over.count == 40)
    #expect(Set(over).count == 40)
    #expect(story.messages.filter { $0.purpose == .storm }.count == 1)
    story.pass("10d", step: "1h")
    #expect(story.messages.flatMap(\.resolved).filter { $0.source.kind == .dealRisk }.count == 40)
  }

  @Test("a message of too many alerts holds the largest and counts the rest, dollars among them")
  func bounded() throws {
    var story = try Story("spike: {deals: 100000}\nroute: {receiver: out, group_by: [kind], group_wait: 1m}")
    for number in 1...800 { story.take(Story.deal("D\(number)", dollars: Double(50_000 + number))) }
    story.pass("2m")
    let message = try #require(story.messages.first)
    #expect(story.messages.count == 1)
    #expect(message.alerts.count == OutgoingMessage.maximumAlerts)
    #expect(message.alerts.first?.source.subject == "D800")
    #expect(message.alertCount == 800)
    #expect(message.dollars == Money(cents: (50_000 * 800 + 800 * 801 / 2) * 100))
  }

  @Test("many deals turning risky at once are a message of their own, sent once for each spike")
  func spike() throws {
    var story = try Story("spike: {deals: 5, within: 1h}\nroute: {receiver: out, group_by: [kind], group_wait: 0s}")
    for number in 1...12 { story.take(Story.deal("D\(number)")) }
    story.pass("10m")
    let spikes = story.messages.filter { $0.alerts.contains { $0.source.kind == .volumeSpike } }
    #expect(spikes.count == 1)
    #expect(spikes.first?.alerts.first?.source.title?.contains("5 deals turned risky") == true)
    story.pass("3h")
    #expect(!story.pipeline.openAlerts.contains { $0.source.kind == .volumeSpike })
  }

  @Test("after an outage nothing is sent before the input has caught up, and the old is one digest")
  func backlog() throws {
    var story = try Story()
    story.pipeline.beginCatchUp()
    for number in 1...20 { story.take(Story.deal("D\(number)")) }
    story.now = story.now.adding(milliseconds: 7_200_000)
    story.take(Story.deal("new"))
    story.tick()
    #expect(story.messages.isEmpty)
    story.decisions += story.pipeline.endCatchUp(at: story.now)
    story.pass("10m")
    #expect(Set(story.purposes) == [.alert, .backlog])
    #expect(story.messages.first { $0.purpose == .backlog }?.alerts.count == 20)
    #expect(story.messages.first { $0.purpose == .alert }?.alerts.map(\.source.subject) == ["new"])
  }

  @Test("silence of the stream is said once, and its end too")
  func heartbeat() throws {
    var story = try Story()
    var watch = HeartbeatWatch(from: story.now)
    let early = watch.check(at: story.now.adding(milliseconds: 59_000), silentAfter: 60_000)
    #expect(early == nil)
    let later = story.now.adding(milliseconds: 60_000)
    let first = watch.check(at: later, silentAfter: 60_000)
    let second = watch.check(at: later, silentAfter: 60_000)
    #expect(second == nil)
    story.take(try #require(first))
    story.pass("10m")
    let end = watch.heard(at: story.now)
    story.take(try #require(end))
    story.pass("10m")
    #expect(story.purposes == [.alert, .resolved])
  }
}
