import Deals
import Testing

@testable import Alerts

/// When the router says that it hears nothing, and when it does not.
@Suite struct WatchTests {
  private let start = Timestamp(milliseconds: 1_772_452_800_000)

  private func after(_ minutes: Int64) -> Timestamp { start.adding(milliseconds: minutes * 60_000) }

  @Test("a loss of Kafka is said once, after the time that silence has, and its end once")
  func connection() throws {
    var watch = ConnectionWatch(router: "r1")
    let never = watch.check(at: after(90), lostFor: 1_800_000)
    #expect(never == nil)
    watch.lost(at: start)
    watch.lost(at: after(5))
    let early = watch.check(at: after(29), lostFor: 1_800_000)
    #expect(early == nil)
    let first = watch.check(at: after(30), lostFor: 1_800_000)
    let said = try #require(first)
    #expect(said.kind == .dataUnavailable && said.origin == nil)
    #expect(said.title?.contains("r1 has had no place in its group at Kafka since \(start)") == true)
    let again = watch.check(at: after(90), lostFor: 1_800_000)
    #expect(again == nil)
    let back = watch.regained(at: after(91))
    let end = try #require(back)
    #expect(end.signal == .ended && end.fingerprint == said.fingerprint)
    let second = watch.regained(at: after(92))
    #expect(second == nil)
  }

  @Test("a connection that comes back in time, or whose loss was not this router's to tell, is not mentioned")
  func shortLoss() {
    var watch = ConnectionWatch(router: "r1")
    watch.lost(at: start)
    let end = watch.regained(at: after(10))
    #expect(end == nil)
    let later = watch.check(at: after(60), lostFor: 1_800_000)
    #expect(later == nil)
  }

  @Test("no silence is found while the stream may rest, nor at once afterwards")
  func rest() {
    var watch = HeartbeatWatch(from: start)
    watch.wait(until: after(90))
    let early = watch.check(at: after(89), silentAfter: 1_800_000)
    #expect(early == nil)
    let said = watch.check(at: after(90), silentAfter: 1_800_000)
    #expect(said != nil)
  }

  @Test("records are expected in the intervals that the rules name, and at all times where they name none")
  func expected() throws {
    let yaml = """
      receivers: {out: {type: console}}
      time_intervals: {office: [{times: [{start: "08:00", end: "18:00"}], weekdays: ["monday:friday"]}]}
      expected_during: [office]
      route: {receiver: out}
      """
    let rules = try RulesLoader.load(yaml: yaml, file: "router.yaml")
    let (noon, night) = (start, after(10 * 60))
    #expect(rules.expectsRecords(at: noon))
    #expect(!rules.expectsRecords(at: night))
    let always = try RulesLoader.load(
      yaml: yaml.replacing("expected_during: [office]\n", with: ""), file: "router.yaml")
    #expect(always.expectsRecords(at: night))
    #expect(throws: (any Error).self) {
      try RulesLoader.load(yaml: yaml.replacing("during: [office]", with: "during: [offise]"), file: "router.yaml")
    }
  }
}
