import Deals
import Testing

@testable import Alerts

@Suite struct ClockTests {
  private static let rules = """
    digests: [{name: daily, every: day, at: "17:00", receiver: mail, to: channel}]
    route: {receiver: out, group_by: [kind], group_wait: 1m, group_interval: 5m, repeat_interval: 1h}
    """

  @Test("after a clock that had run a year ahead is set back, news comes at its normal time and no digest is left out")
  func setBack() throws {
    var story = try Story(Self.rules)
    let start = story.now
    story.take(Story.deal("D1"))
    story.pass("2m")
    #expect(story.purposes == [.alert])
    story.now = start.adding(days: 365)
    story.take(Story.deal("D2"))
    story.pass("6m")
    let ahead = story.messages.count
    #expect(ahead > 1)

    story.now = start.adding(milliseconds: 600_000)
    story.pipeline.clockWasSetBack(to: story.now)
    story.take(Story.deal("D3"))
    story.pass("7m")
    #expect(story.messages.dropFirst(ahead).contains { $0.alerts.contains { $0.source.subject == "D3" } })
    story.pass("10h", step: "10m")
    // The digest of the day before was sent by the clock's year ahead; the one of today comes as if nothing had been.
    #expect(story.messages.dropFirst(ahead).filter { $0.purpose == .daily }.map(\.period) == ["2026-03-02"])
  }

  @Test("100,000 risky deals at once are a few messages and one digest with the largest, and every one is counted")
  func flood() throws {
    var story = try Story(
      """
      storm: {messages: 30, within: 10m}
      spike: {deals: 20, within: 1h}
      route: {receiver: out, group_by: ["..."], group_wait: 0s}
      """)
    for number in 0..<100_000 { story.take(Story.deal("D\(number)", dollars: Double(50_000 + number))) }
    story.tick()
    story.now = story.now.adding(milliseconds: 600_000)
    story.tick()
    #expect(story.messages.count == 32)
    let digest = try #require(story.messages.first { $0.purpose == .storm })
    #expect(digest.alerts.count == OutgoingMessage.maximumAlerts)
    #expect(digest.alertCount + 30 == 100_000)
  }
}
