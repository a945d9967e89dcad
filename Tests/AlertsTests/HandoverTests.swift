import Deals
import Testing

@testable import Alerts

/// Two pipelines of one group: what one lets go, the other goes on with.
@Suite struct HandoverTests {
  private static let rules = """
    route: {receiver: out, group_by: ["..."], group_wait: 1m, group_interval: 5m, repeat_interval: 4h}
    """
  private static let origin = Origin(.risk, 0)

  private func router(_ rules: String = rules) throws -> Story {
    var story = try Story(rules)
    story.pipeline.ownNothing()
    return story
  }

  private func deal(_ id: String, score: Double = 58, position: Int64 = 5) -> AlertSource {
    var source = Story.deal(id, score: score)
    source.origin = Self.origin
    source.position = position
    return source
  }

  private func won(_ id: String, _ position: Int64) throws -> LedgerEntry {
    let now = Timestamp(milliseconds: 1_772_452_800_000)
    return LedgerEntry(
      source: SourcePosition(partition: 0, offset: position), dealID: try #require(DealID(id)), occurredAt: now,
      content: .adds(
        ClosedDeal(
          outcome: .won, closedAt: now, createdAt: now.adding(days: -9), stage: .closed, amount: nil,
          descriptors: Descriptors())))
  }

  /// What a router tells others of its changes, taken in by another.
  private func tell(_ from: inout Story, _ to: inout Story) {
    let mark = from.pipeline.mark
    let states = from.pipeline.takeChanges().states
    for record in from.pipeline.takeShared(states, since: mark).records {
      to.decisions += to.pipeline.learn(record, from: "other", at: to.now)
    }
  }

  @Test("an alert that was said by one router is not said by the next, which reminds of it and resolves it")
  func goesOn() throws {
    var (first, second) = (try router(), try router())
    _ = first.pipeline.adopt([Self.origin], at: first.now)
    first.take(deal("D1"))
    first.pass("10m")
    #expect(first.purposes == [.alert])
    first.pipeline.release([Self.origin])
    tell(&first, &second)
    second.now = first.now
    _ = second.pipeline.adopt([Self.origin], at: second.now)
    second.take(deal("D1"))
    first.pass("5h")
    second.pass("5h")
    #expect(first.purposes == [.alert])
    #expect(second.purposes == [.reminder])
    second.decisions += second.pipeline.take(try won("D1", 9), at: second.now)
    second.pass("10m")
    #expect(second.purposes == [.reminder, .resolved])
  }

  @Test("a group that has yet to say that it handed an alert on says it after a change of routers, once")
  func handedOn() throws {
    let rules = """
      route:
        receiver: out
        group_by: ["..."]
        group_wait: 0s
        group_interval: 5m
        routes: [{name: critical, matchers: ["tier=Critical"], receiver: mail}]
      """
    var (first, second) = (try Story(rules), try Story(rules))
    first.pipeline.ownNothing()
    second.pipeline.ownNothing()
    _ = first.pipeline.adopt([Self.origin], at: first.now)
    first.take(deal("D1"))
    first.tick()
    var worse = deal("D1", score: 80)
    worse.tier = .critical
    first.take(worse)
    first.tick()
    #expect(first.messages.map(\.receiver) == ["out", "mail"])
    first.pipeline.release([Self.origin])
    tell(&first, &second)
    second.now = first.now
    _ = second.pipeline.adopt([Self.origin], at: second.now)
    second.pass("1h")
    #expect(second.messages.map(\.receiver) == ["out"])
    #expect(second.messages.first?.resolved.map(\.news) == ["now Critical, with mail"])
  }

  @Test("news that was not said yet is said by the next router, once")
  func unsaid() throws {
    var (first, second) = (try router(), try router())
    _ = first.pipeline.adopt([Self.origin], at: first.now)
    first.take(deal("D1"))
    first.pipeline.release([Self.origin])
    tell(&first, &second)
    second.now = first.now
    _ = second.pipeline.adopt([Self.origin], at: second.now)
    first.pass("10m")
    second.pass("10m")
    #expect(first.messages.isEmpty)
    #expect(second.purposes == [.alert])
  }

  @Test("the next router speaks through the receiver that its own rules give the route, not through the one before")
  func receiverOfTheRules() throws {
    var first = try router()
    var second = try Story(Self.rules.replacing("receiver: out", with: "receiver: mail"))
    second.pipeline.ownNothing()
    _ = first.pipeline.adopt([Self.origin], at: first.now)
    first.take(deal("D1"))
    first.pass("10m")
    first.take(deal("D2"))
    first.pipeline.release([Self.origin])
    tell(&first, &second)
    second.now = first.now
    _ = second.pipeline.adopt([Self.origin], at: second.now)
    second.pass("5h")
    #expect(first.messages.map(\.receiver) == ["out"])
    #expect(second.purposes == [.alert, .reminder, .reminder])
    #expect(second.messages.allSatisfy { $0.receiver == "mail" })
  }

  @Test("new rules give a group the route's new receiver, also one that has only to say that all is over")
  func receiverAfterReload() throws {
    var story = try Story(Self.rules)
    story.take(deal("D1"))
    story.take(deal("D2"))
    story.pass("1m")
    story.decisions += story.pipeline.take(try won("D1", 9), at: story.now)
    let rules = try Story(Self.rules.replacing("receiver: out", with: "receiver: mail")).pipeline.rules
    story.pipeline.reload(rules, at: story.now)
    story.pass("5h")
    #expect(story.messages.map(\.receiver) == ["out", "out", "mail", "mail"])
    #expect(story.purposes == [.alert, .alert, .resolved, .reminder])
  }

  @Test("a deal that closed while nobody had its partition is resolved by the next router")
  func closedBetween() throws {
    var (first, second) = (try router(), try router())
    _ = first.pipeline.adopt([Self.origin], at: first.now)
    first.take(deal("D1"))
    first.pass("10m")
    first.pipeline.release([Self.origin])
    tell(&first, &second)
    second.now = first.now
    _ = second.pipeline.take(try won("D1", 9), at: second.now)
    _ = second.pipeline.adopt([Self.origin], at: second.now)
    second.pass("10m")
    #expect(second.purposes == [.resolved])
    #expect(second.messages.first?.resolved.first?.news == "won")
  }

  @Test("an open shift that another router speaks of inhibits the deals of its segment here")
  func inhibitionElsewhere() throws {
    let rules = """
      inhibit: [{source: ["kind=trend_shift"], target: ["kind=deal_risk"], within_segment: true}]

      """
    var (first, second) = (try Story(rules + Self.rules), try Story(rules + Self.rules))
    first.pipeline.ownNothing()
    second.pipeline.ownNothing()
    let trends = Origin(.trends, 0)
    _ = first.pipeline.adopt([trends], at: first.now)
    _ = second.pipeline.adopt([Self.origin], at: second.now)
    var shift = Story.shift("industry=EdTech")
    shift.origin = trends
    first.take(shift)
    tell(&first, &second)
    var inside = deal("D1")
    inside.labels["industry"] = "EdTech"
    second.take(inside)
    second.take(deal("D2"))
    second.pass("10m")
    #expect(second.messages.flatMap { $0.alerts.map(\.source.subject) } == ["D2"])
    shift.signal = .ended
    first.take(shift)
    tell(&first, &second)
    second.pass("10m")
    #expect(second.messages.flatMap { $0.alerts.map(\.source.subject) } == ["D2", "D1"])
  }

  @Test("a spike of which each router sees a part is raised by the one that speaks of the stream")
  func spike() throws {
    let rules = "spike: {deals: 6, within: 1h}\nroute: {receiver: out, group_by: [kind], group_wait: 0s}"
    var (leader, other) = (try Story(rules), try Story(rules))
    leader.pipeline.ownNothing()
    other.pipeline.ownNothing()
    _ = leader.pipeline.adopt([.leader, Origin(.risk, 1)], at: leader.now)
    _ = other.pipeline.adopt([Self.origin], at: other.now)
    for number in 1...3 {
      var mine = deal("L\(number)")
      mine.origin = Origin(.risk, 1)
      leader.take(mine)
      other.take(deal("O\(number)"))
    }
    tell(&other, &leader)
    leader.tick()
    other.tick()
    let spikes = leader.messages.flatMap(\.alerts).filter { $0.source.kind == .volumeSpike }
    #expect(spikes.map(\.source.title) == ["High-risk volume spike: 6 deals turned risky within 60 minutes"])
    #expect(!other.messages.flatMap(\.alerts).contains { $0.source.kind == .volumeSpike })
  }

  @Test("a budget is a person's, whichever router writes to them")
  func budget() throws {
    let team = """
      owners: {cro: carla, people: {carla: {name: Carla}}}
      budget: {per_day: 3}
      route: {receiver: out, to: cro, group_by: ["..."], group_wait: 0s}
      """
    var (first, second) = (try Story(team), try Story(team))
    let mark = first.pipeline.mark
    for number in 1...2 { first.take(Story.deal("A\(number)")) }
    first.tick()
    let (records, _) = first.pipeline.takeShared([], since: mark)
    for record in records { _ = second.pipeline.learn(record, from: "first", at: second.now) }
    for number in 1...3 { second.take(Story.deal("B\(number)")) }
    second.tick()
    #expect(first.messages.count == 2)
    #expect(second.messages.count == 1)
    #expect(second.decisions.filter { $0.reason == .overBudget }.count == 2)
  }

  private static let storm = """
    storm: {messages: 2, within: 10m}
    spike: {deals: 1000}
    route: {receiver: out, group_by: ["..."], group_wait: 0s, group_interval: 30m, repeat_interval: 30d}
    """

  /// A router in a storm: two of six deals are said, four are gathered.
  private func stormy() throws -> Story {
    var story = try router(Self.storm)
    _ = story.pipeline.adopt([Self.origin], at: story.now)
    for number in 1...6 { story.take(deal("D\(number)")) }
    story.tick()
    #expect(story.messages.count == 2)
    return story
  }

  private func said(_ stories: Story...) -> [String] {
    stories.flatMap { $0.messages.flatMap(\.alerts).map(\.source.subject) }.sorted()
  }

  @Test("a router that gets its partitions back in a storm says each deal once")
  func backInAStorm() throws {
    var story = try stormy()
    story.pipeline.release([Self.origin])
    _ = story.pipeline.adopt([Self.origin], at: story.now)
    story.pass("1d", step: "5m")
    #expect(said(story) == (1...6).map { "D\($0)" })
    #expect(story.purposes == [.alert, .alert, .storm])
  }

  @Test("what waits in the common message of a router that dies is said by the next one, and by none once it was said")
  func deathInAStorm() throws {
    var (first, early, late) = (try stormy(), try router(Self.storm), try router(Self.storm))
    tell(&first, &early)
    _ = early.pipeline.adopt([Self.origin], at: early.now)
    early.pass("1d", step: "5m")
    #expect(said(first, early) == (1...6).map { "D\($0)" })
    first.pass("15m")
    tell(&first, &late)
    late.now = first.now
    _ = late.pipeline.adopt([Self.origin], at: late.now)
    late.pass("2h")
    #expect(late.messages.isEmpty)
  }

  @Test("what leaves a common message leaves what is kept of it too")
  func keptOfACommonMessage() throws {
    var story = try stormy()
    _ = story.pipeline.takeChanges()
    story.pipeline.release([Self.origin])
    #expect(story.pipeline.changes.emptiedBins == ["storm|out|-"])
    #expect(story.pipeline.changes.binned == ["storm|out|-": []])
  }

  @Test("who has seen an alert while nobody had its partition is known to whoever takes it over")
  func acknowledgedMeanwhile() throws {
    var story = try router()
    _ = story.pipeline.adopt([Self.origin], at: story.now)
    story.take(deal("D1"))
    story.pass("10m")
    story.pipeline.release([Self.origin])
    _ = story.pipeline.acknowledge(subject: "D1", author: "ann", at: story.now)
    _ = story.pipeline.adopt([Self.origin], at: story.now)
    #expect(story.pipeline.allAcknowledgements.values.map(\.author) == ["ann"])
  }

  @Test("a silence that was ended already is told as ended again when it is asked for again")
  func endedTwice() throws {
    var (first, second) = (try router(), try router())
    first.pipeline.silence(
      try Silence(
        id: "s1", matchers: ["kind=deal_risk"], startsAt: first.now, endsAt: first.now.adding(days: 1), author: "ann",
        comment: "known"))
    tell(&first, &second)
    _ = first.pipeline.expireSilence("s1", at: first.now)
    // It died before it could tell, and the command is done again.
    _ = first.pipeline.takeShared([], since: first.pipeline.mark)
    let isEnded = first.pipeline.expireSilence("s1", at: first.now.adding(milliseconds: 5_000))
    #expect(!isEnded)
    tell(&first, &second)
    #expect(second.pipeline.silences.map(\.endsAt) == [first.now])
  }
}
