import Deals
import Testing

@testable import Alerts

/// PagerDuty makes one incident of each group: it lasts as long as anything of the group is open, and no longer.
@Suite struct IncidentTests {
  private static let team = """
    owners:
      cro: carla
      people:
        carla: {name: Carla}
        max: {name: Max, manager: carla}
        rep_1: {name: Rita, manager: max}
    spike: {deals: 1000}

    """

  private func story(_ yaml: String, budget: Int = 100) throws -> Story {
    let receivers = "receivers: {pager: {type: pagerduty, key_env: KEY}, mail: {type: console}}\n"
    let rules = receivers + Self.team + "budget: {per_day: \(budget), exempt: Critical}\n" + yaml
    return Story(try RulesLoader.load(yaml: rules, file: "router.yaml"))
  }

  private func deal(_ id: String, tier: RiskTier = .high) -> AlertSource {
    Story.deal(id, tier: tier, ["rep_id": "rep_1"])
  }

  /// The incidents that are open after some messages, by their key.
  private func incidents(_ messages: [OutgoingMessage]) -> Set<String> {
    var open: Set<String> = []
    for message in messages where message.receiver == "pager" {
      guard let key = message.groupKey else { continue }
      if message.alerts.isEmpty, message.standing == nil { open.remove(key) } else { open.insert(key) }
    }
    return open
  }

  @Test("the end of one deal that was escalated does not end the incident while another of its group is open")
  func escalated() throws {
    var story = try story(
      """
      route: {receiver: pager, to: manager, group_by: [rep_id], group_wait: 0s, group_interval: 1m, repeat_interval: 30d,
        escalate_after: 4h}
      """)
    story.take(deal("A"))
    story.take(deal("B"))
    story.pass("5h")
    #expect(story.purposes == [.alert, .escalation])
    story.take(.ended(dealID: "A", at: story.now))
    story.pass("10m")
    #expect(incidents(story.messages).count == 1)
    story.take(.ended(dealID: "B", at: story.now))
    story.pass("10m")
    #expect(incidents(story.messages).isEmpty)
  }

  @Test("an incident ends though the reader's budget for the day is used up")
  func overBudget() throws {
    var story = try story(
      """
      digests: [{name: daily, every: day, at: "17:00", receiver: mail, to: manager}]
      route: {receiver: pager, to: manager, group_by: ["..."], group_wait: 0s, group_interval: 1m, repeat_interval: 30d}
      """, budget: 1)
    story.take(deal("A"))
    story.pass("10m")
    story.take(.ended(dealID: "A", at: story.now))
    story.pass("10m")
    #expect(story.purposes == [.alert, .resolved])
    #expect(incidents(story.messages).isEmpty)
  }

  @Test("an incident ends in a storm too, also where its group has news that is gathered", arguments: [false, true])
  func inAStorm(_ hasNews: Bool) throws {
    var story = try story(
      """
      storm: {messages: 1, within: 1h}
      route: {receiver: pager, to: manager, group_by: [rep_id], group_wait: 0s, group_interval: 1m, repeat_interval: 30d}
      """)
    story.take(deal("A"))
    story.pass("10m")
    #expect(incidents(story.messages).count == 1)
    if hasNews { story.take(deal("B")) }
    story.take(.ended(dealID: "A", at: story.now))
    story.pass("2h")
    #expect(story.messages.flatMap(\.resolved).map(\.source.subject) == ["A"])
    story.take(.ended(dealID: "B", at: story.now))
    story.pass("2h")
    #expect(incidents(story.messages).isEmpty)
  }

  @Test("that a critical deal has closed is said as its alert was: whatever the budget")
  func criticalEnd() throws {
    var story = try story(
      """
      digests: [{name: daily, every: day, at: "17:00", receiver: mail, to: manager}]
      route: {receiver: mail, to: manager, group_by: ["..."], group_wait: 0s, group_interval: 1m, repeat_interval: 30d}
      """, budget: 0)
    story.take(deal("A", tier: .critical))
    story.take(deal("B"))
    story.pass("10m")
    story.take(.ended(dealID: "A", at: story.now))
    story.take(.ended(dealID: "B", at: story.now))
    story.pass("10m")
    #expect(story.purposes == [.alert, .resolved])
    #expect(story.messages.last?.resolved.map(\.source.subject) == ["A"])
  }
}
