import Deals
import Testing

@testable import Alerts

/// What a restart, a deploy or a rebalance says of alerts that were held back, though they are old by then.
@Suite struct CatchUpTests {
  private static let origin = Origin(.risk, 0)

  private func router(_ rules: String) throws -> Story {
    var story = try Story(rules)
    story.pipeline.ownNothing()
    _ = story.pipeline.adopt([Self.origin], at: story.now)
    return story
  }

  private func deal(_ id: String, score: Double = 58) -> AlertSource {
    var source = Story.deal(id, score: score)
    source.origin = Self.origin
    return source
  }

  /// Its partition goes and comes back, as in each restart; by then it has nothing to catch up with.
  private func restart(_ story: inout Story) {
    story.pipeline.release([Self.origin])
    story.pipeline.beginCatchUp()
    story.decisions += story.pipeline.adopt([Self.origin], at: story.now)
    story.decisions += story.pipeline.endCatchUp(at: story.now)
    story.tick()
  }

  @Test("a restart does not say what a silence holds back; it is said when the silence ends")
  func silenced() throws {
    var story = try router("route: {receiver: out, group_by: [\"...\"], group_wait: 0s, group_interval: 5m}")
    story.pipeline.silence(
      try Silence(
        id: "s1", matchers: ["deal_id=D1"], startsAt: story.now, endsAt: story.now.adding(days: 3), author: "ann",
        comment: "on vacation"))
    story.take(deal("D1"))
    story.pass("2h")
    restart(&story)
    story.pass("1h")
    #expect(story.messages.isEmpty)
    #expect(story.reasons("D1") == [.grouped, .silenced])
    story.pass("3d", step: "5m")
    #expect(story.purposes == [.alert])
  }

  /// An evening on which nobody is written to before the office opens.
  private func night() throws -> Story {
    var story = try router(
      """
      time_intervals: {office: [{times: [{start: "08:00", end: "18:00"}]}]}
      route:
        receiver: out
        routes: [{name: rest, matchers: ["kind=deal_risk"], active_time_intervals: [office], group_wait: 0s}]
      """)
    story.now = story.now.adding(milliseconds: Story.milliseconds("10h"))
    return story
  }

  @Test("a restart at night does not write to anybody before the office opens, then once")
  func muted() throws {
    var story = try night()
    story.take(deal("D1"))
    story.pass("3h")
    restart(&story)
    story.pass("9h")
    #expect(story.messages.isEmpty)
    story.pass("2h")
    #expect(story.purposes == [.afterMute])
    #expect(story.messages.first?.madeAt.description == "2026-03-03T08:00:00Z")
  }

  @Test("what came at night while the router was away waits for the office too")
  func firstReadAtNight() throws {
    var story = try night()
    story.pipeline.beginCatchUp()
    story.take(deal("D1"))
    story.now = story.now.adding(milliseconds: Story.milliseconds("2h"))
    story.decisions += story.pipeline.endCatchUp(at: story.now)
    story.pass("10h")
    #expect(story.messages.isEmpty)
    #expect(story.reasons("D1") == [.grouped, .muted])
    story.pass("2h")
    #expect(story.purposes == [.afterMute])
  }

  @Test("a restart does not tell those who have acknowledged a deal that its score went up within its tier")
  func acknowledged() throws {
    var story = try router("route: {receiver: out, group_by: [\"...\"], group_wait: 0s, group_interval: 5m}")
    story.take(deal("D1"))
    story.pass("10m")
    _ = story.pipeline.acknowledge(subject: "D1", author: "ann", at: story.now)
    story.take(deal("D1", score: 66))
    story.pass("2h")
    restart(&story)
    story.pass("1h")
    #expect(story.purposes == [.alert])
  }

  @Test("what another alert speaks for stays unsaid after a restart")
  func inhibited() throws {
    let rules = """
      inhibit: [{source: ["kind=trend_shift"], target: ["kind=deal_risk"]}]
      route: {receiver: out, group_by: ["..."], group_wait: 0s, group_interval: 5m}
      """
    var story = try router(rules)
    story.take(Story.shift("industry=EdTech"))
    story.take(deal("D1"))
    story.pass("2h")
    restart(&story)
    story.pass("1h")
    #expect(!story.messages.flatMap(\.alerts).contains { $0.source.subject == "D1" })
  }

  @Test("neither a restart nor new rules announce a flapping deal whose last opening was passed over")
  func flapping() throws {
    var story = try router("route: {receiver: out, group_by: [\"...\"], group_wait: 0s, group_interval: 5m}")
    for _ in 1...3 {
      story.take(deal("D1"))
      story.pass("10m")
      story.take(.ended(dealID: "D1", at: story.now))
      story.pass("10m")
    }
    story.take(deal("D1"))
    story.pass("10m")
    #expect(story.pipeline.isOpen(.dealRisk, "D1"))
    let before = story.messages.count
    restart(&story)
    story.pass("1h")
    let same = story.pipeline.rules
    story.pipeline.reload(same, at: story.now)
    story.pass("1h")
    #expect(story.pipeline.isOpen(.dealRisk, "D1"))
    #expect(story.messages.count == before)
    story.pass("8d", step: "1h")
    #expect(story.messages.last?.alerts.first?.news == "still at risk, and steady now")
  }
}
