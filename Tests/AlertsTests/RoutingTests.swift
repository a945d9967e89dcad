import Deals
import Testing

@testable import Alerts

@Suite struct RoutingTests {
  @Test(
    "a matcher compares texts, patterns, numbers and tiers",
    arguments: [
      ("industry=EdTech", true), ("industry=Ed", false), ("industry!=FinTech", true), ("industry=~Ed.*|Fin.*", true),
      ("industry=~Ed", false), ("industry!~Fin.*", true), ("amount>=75000", true), ("amount > 75_000", false),
      ("score<58.1", true), ("score<=57.9", false), ("tier>=High", true), ("tier>High", false), ("region=", true),
      ("points>0", false), ("stage=\"Proposal\"", true), ("score=58.0", true), ("score!=58.0", false),
      ("amount=75_000", true),
      ("points=", true), ("points!=5", true), ("score=~58", true),
    ])
  func matchers(_ text: String, _ fits: Bool) throws {
    let deal = Story.deal("D1", ["industry": "EdTech", "stage": "Proposal"])
    #expect(try Matcher(text).matches(deal) == fits)
  }

  @Test(
    "a matcher that can't be read says what to write",
    arguments: ["", "industry", "colour=red", "score=>5", "stage>3", "rep_id=~(", "amount>lots", "score=nan"])
  func unreadable(_ text: String) {
    #expect(throws: Matcher.Fault.self) { try Matcher(text) }
  }

  private let tree = """
    route:
      receiver: out
      routes:
        - {name: big, matchers: ["amount>=100000"], receiver: mail, continue: true}
        - name: edtech
          matchers: ["industry=EdTech"]
          group_wait: 7s
          routes:
            - {name: late, matchers: ["stage=Proposal"], repeat_interval: 2d}
        - {name: rest, matchers: ["industry=~.*"]}
    """

  @Test("the first child that fits takes a statement, one that continues lets the next be asked too")
  func descent() throws {
    let story = try Story(tree)
    func routes(_ dollars: Double, _ labels: [String: String]) -> [String] {
      story.pipeline.rules.tree.routes(for: Story.deal("D1", dollars: dollars, labels)).map(\.id)
    }
    #expect(routes(5, ["industry": "EdTech"]) == ["root/edtech"])
    #expect(routes(5, ["industry": "EdTech", "stage": "Proposal"]) == ["root/edtech/late"])
    #expect(routes(200_000, ["industry": "EdTech"]) == ["root/big", "root/edtech"])
    #expect(routes(200_000, ["industry": "Retail"]) == ["root/big", "root/rest"])
  }

  @Test("what a route does not say, its parent says")
  func inheritance() throws {
    let late = try #require(try Story(tree).pipeline.rules.tree.all.first { $0.id == "root/edtech/late" })
    #expect(late.groupWait.value == 7_000)
    #expect(late.repeatInterval.value == 2 * 86_400_000)
    #expect(late.receiver == "out")
  }

  @Test("the explanation names the matcher that failed and the value that it met")
  func explanation() throws {
    let lines = try Story(tree).pipeline.rules.tree.explanation(for: Story.deal("D1", ["industry": "Retail"]))
    #expect(lines.contains { $0.contains("root/edtech: no, industry=EdTech is not so: industry is \"Retail\"") })
  }

  private static let handing = """
    owners:
      cro: carla
      people: {carla: {name: Carla}, max: {name: Max, manager: carla}, rep_1: {name: Rita, manager: max}}
    receivers:
      out: {type: console}
      oncall: {type: pagerduty, key_env: KEY}
    time_intervals: {office: [{times: [{start: "08:00", end: "18:00"}]}]}
    route:
      receiver: out
      group_by: ["..."]
      group_wait: 0s
      group_interval: 5m
      routes:
        - {name: critical, matchers: ["tier=Critical"], to: cro}
        - {name: rest, to: manager}
    """

  private func handing(_ changes: [(String, String)] = []) throws -> Story {
    var text = Self.handing
    for (old, new) in changes { text = text.replacing(old, with: new) }
    return Story(try RulesLoader.load(yaml: text, file: "router.yaml"))
  }

  @Test("a deal that turns critical goes to its new reader, and the old one is told once who has it now")
  func handedOn() throws {
    var story = try handing()
    story.take(Story.deal("D1", ["rep_id": "rep_1"]))
    story.pass("10m")
    story.take(Story.deal("D1", score: 80, tier: .critical, ["rep_id": "rep_1"]))
    story.pass("10m")
    #expect(
      Set(story.messages.dropFirst().map { "\($0.purpose) \($0.recipient?.id ?? "")" }) == [
        "alert carla", "resolved max",
      ])
    let told = try #require(story.messages.first { $0.purpose == .resolved })
    #expect(told.resolved.map(\.news) == ["now Critical, with Carla"])
    #expect(told.resolved.map(\.isHandedOn) == [true])
    #expect(story.decisions.contains { $0.reason == .handedOn && $0.messageID == told.id })
    story.take(.ended(dealID: "D1", at: story.now))
    story.pass("10d", step: "1h")
    #expect(story.messages.dropFirst(3).map { "\($0.purpose) \($0.recipient?.id ?? "")" } == ["resolved carla"])
  }

  @Test("what an old group never said, or says to the same reader, leaves it without a word")
  func handedOnSilently() throws {
    var same = try handing([("to: cro", "to: manager")])
    same.take(Story.deal("D1", ["rep_id": "rep_1"]))
    same.pass("10m")
    same.take(Story.deal("D1", score: 80, tier: .critical, ["rep_id": "rep_1"]))
    same.pass("10m")
    same.take(.ended(dealID: "D1", at: same.now))
    same.pass("10m")
    #expect(same.purposes == [.alert, .alert, .resolved])

    var night = try handing([("to: manager", "to: manager, active_time_intervals: [office]")])
    night.now = try #require(Timestamp(rfc3339: "2026-03-02T20:00:00Z"))
    night.take(Story.deal("D1", ["rep_id": "rep_1"]))
    night.pass("10m")
    night.take(Story.deal("D1", score: 80, tier: .critical, ["rep_id": "rep_1"]))
    night.pass("15h", step: "10m")
    #expect(night.purposes == [.alert])
  }

  @Test("an incident of the old route ends although the same person hears of the new one")
  func incidentEnds() throws {
    var story = try handing([("receiver: out", "receiver: oncall"), ("to: cro", "to: manager")])
    story.take(Story.deal("D1", ["rep_id": "rep_1"]))
    story.pass("10m")
    story.take(Story.deal("D1", score: 80, tier: .critical, ["rep_id": "rep_1"]))
    story.pass("10m")
    #expect(Set(story.purposes.dropFirst()) == [.alert, .resolved])
    #expect(Set(story.messages.compactMap(\.groupKey)).count == 2)
  }

  @Test("two routers with the same rules give an alert the same identity")
  func identity() {
    let other = Story.deal("D1", score: 99)
    #expect(Story.deal("D1").fingerprint == other.fingerprint)
    #expect(Story.deal("D1").contentHash != other.contentHash)
    #expect(Story.deal("D2").fingerprint != other.fingerprint)
  }
}
