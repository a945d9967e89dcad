import Configuration
import Deals
import Testing

@testable import Alerts

@Suite struct RehearsalTests {
  private let monday = Timestamp(rfc3339: "2026-03-02T09:00:00Z") ?? Timestamp(milliseconds: 0)

  private func rules(_ yaml: String) throws -> RouterRules { try Story(yaml).pipeline.rules }

  private func outcomes(_ yaml: String, at now: Timestamp, _ statements: [AlertSource]) throws -> [String:
    [DecisionReason]]
  {
    var rehearsal = EventRehearsal(try rules(yaml), at: now)
    for statement in statements { _ = rehearsal.take(statement) }
    while rehearsal.next() != nil {}
    #expect(rehearsal.outcomes.allSatisfy { !$0.isWaiting })
    return Dictionary(rehearsal.outcomes.map { ($0.subject, $0.decisions.map(\.reason)) }) { $0 + $1 }
  }

  @Test("each event has an outcome, however long its group waits, and whoever spoke first")
  func everyEvent() throws {
    let yaml = """
      route:
        receiver: out
        group_by: ["..."]
        group_wait: 0s
        routes:
          - {name: slow, matchers: ["industry=EdTech"], group_wait: 2h}
          - {name: slower, matchers: ["industry=Retail"], group_wait: 3d}
      """
    let found = try outcomes(
      yaml, at: monday,
      [
        Story.deal("D1"), Story.deal("D2", ["industry": "EdTech"]), Story.deal("D3", ["industry": "Retail"]),
        Story.deal("D4", dollars: 5), Story.deal("D5", tier: .low),
      ])
    #expect(
      found == [
        "D1": [.sent], "D2": [.sent], "D3": [.sent], "D4": [.belowThreshold], "D5": [.notUrgent],
      ])
  }

  @Test("what is inhibited and what is muted is shown, and a mute until it ends")
  func heldBack() throws {
    let yaml = """
      time_intervals: {office: [{times: [{start: "08:00", end: "18:00"}], weekdays: [monday:friday]}]}
      inhibit: [{source: ["kind=trend_shift"], target: ["kind=deal_risk", "tier!=Critical"], within_segment: true}]
      route:
        receiver: out
        group_by: ["..."]
        group_wait: 1m
        routes: [{name: office, matchers: ["industry=~EdTech|Retail", "kind=deal_risk"], active_time_intervals: [office]}]
      """
    let statements = [
      Story.deal("D1", ["industry": "EdTech"]), Story.deal("D2", tier: .critical, ["industry": "EdTech"]),
      Story.deal("D3", ["industry": "Retail"]), Story.shift("industry=EdTech"),
    ]
    #expect(
      try outcomes(yaml, at: monday, statements) == [
        "D1": [.inhibited], "D2": [.sent], "D3": [.sent], "industry=EdTech": [.sent],
      ])
    // On Saturday evening: the shift speaks, the deals wait for Monday.
    let saturday = monday.adding(days: -2).adding(milliseconds: 12 * 3_600_000)
    #expect(
      try outcomes(yaml, at: saturday, statements) == [
        "D1": [.muted, .inhibited], "D2": [.muted, .digested], "D3": [.muted, .digested], "industry=EdTech": [.sent],
      ])
  }

  @Test("what is over before its group has spoken waits for nothing")
  func overAtOnce() throws {
    let found = try outcomes(
      "route: {receiver: out, group_by: [\"...\"], group_wait: 5m}", at: monday,
      [Story.deal("D1"), AlertSource.ended(dealID: "D1", at: monday)])
    #expect(found == ["D1": []])
  }

  private func deal(_ id: String, day: Int, offset: Int64? = nil) -> AlertSource {
    var source = Story.deal(id)
    source.occurredAt = monday.adding(days: day)
    source.position = offset
    source.isBackfill = true
    return source
  }

  private func closed(_ id: String, day: Int, offset: Int64) throws -> LedgerEntry {
    let now = monday.adding(days: day)
    return LedgerEntry(
      source: SourcePosition(partition: 0, offset: offset), dealID: try #require(DealID(id)), occurredAt: now,
      content: .adds(
        ClosedDeal(
          outcome: .lost, closedAt: now, createdAt: now.adding(days: -9), stage: .closed, amount: nil,
          descriptors: Descriptors())))
  }

  private let daily = "route: {receiver: out, group_by: [\"...\"], group_wait: 0s, repeat_interval: 5d}"

  private func play(
    _ statements: [AlertSource], _ outcomes: [LedgerEntry] = [], quietAfter: Milliseconds? = nil
  ) throws -> HistoryRehearsal {
    var history = HistoryRehearsal(try rules(daily), quietAfter: quietAfter)
    history.play(statements, outcomes)
    return history
  }

  private func count(_ history: HistoryRehearsal, _ purpose: MessagePurpose) -> Int {
    history.messages.filter { $0.key.purpose == purpose }.map(\.value).reduce(0, +)
  }

  @Test("a history with its outcomes sends no reminder of a deal that has closed")
  func outcomesEnd() throws {
    let statements = [deal("D1", day: 0, offset: 1), deal("D2", day: 100, offset: 9)]
    let forever = try play(statements)
    #expect(count(forever, .reminder) > 15)
    let known = try play(statements, [closed("D1", day: 7, offset: 5), closed("D2", day: 100, offset: 10)])
    #expect(count(known, .reminder) == 1)
    #expect(count(known, .resolved) >= 1)
    #expect(known.ends == 2)
    #expect(known.quiet == 0)
  }

  @Test("a deletion in the history ends its alert")
  func deletion() throws {
    let gone = AlertSource.ended(dealID: "D1", at: monday.adding(days: 7))
    let history = try play([deal("D1", day: 0), gone, deal("D2", day: 100)])
    #expect(count(history, .reminder) == 1)
    #expect(history.ends == 1)
  }

  @Test("where closes are not known a deal counts as closed when nothing was heard of it for so long")
  func quiet() throws {
    let statements = [deal("D1", day: 0), deal("D1", day: 20), deal("D1", day: 40), deal("D2", day: 200)]
    let history = try play(statements, quietAfter: Milliseconds(configurationText: "30d"))
    #expect(history.quiet == 1)
    #expect(count(history, .resolved) == 1)
    // 70 days at one in five.
    #expect((12...14).contains(count(history, .reminder)))
    #expect(history.messages.keys.filter { $0.purpose == .resolved }.map(\.day) == [monday.adding(days: 70).day])
  }

  @Test("a long history with nothing to do costs steps of an hour, and messages come when they are due")
  func steps() throws {
    let history = try play([deal("D1", day: 0), deal("D2", day: 30)])
    let days = history.messages.keys.filter { $0.purpose == .reminder }.map { Int($0.day.number - monday.day.number) }
    #expect(Set(days) == [5, 10, 15, 20, 25, 30])
  }
}
