import Deals
import Foundation
import Testing

@testable import Alerts

@Suite struct TrendAndReportTests {
  private func news(
    _ phase: TrendShift.Phase, _ before: Double, _ after: Double, segment: String = "industry=EdTech",
    kind: TrendShift.Kind = .winRate
  ) -> TrendShift {
    let now = Timestamp(milliseconds: 0)
    return TrendShift(
      kind: kind, phase: phase, detector: .sequential, segment: segment, title: "\(segment) \(before) to \(after)",
      before: before, after: after, dealsBefore: 400, dealsAfter: 60, beganAt: now, openedAt: now, occurredAt: now,
      openDeals: 12, openAmount: Money(units: 900_000), driver: "Outbound with rep_22 contributes most",
      action: "review the Outbound deals with rep_22", ledgerOffset: 7, mode: .live)
  }

  @Test("a shift opens as one alert, is worse when it deepens by a tier, and its end is said")
  func shift() throws {
    var story = try Story("route: {receiver: out, group_by: [kind], group_wait: 0s, group_interval: 1m}")
    story.take(AlertSource(news(.opened, 0.46, 0.40)))
    story.pass("2m")
    story.take(AlertSource(news(.updated, 0.46, 0.39)))
    story.pass("2m")
    story.take(AlertSource(news(.updated, 0.46, 0.35)))
    story.pass("2m")
    story.take(AlertSource(news(.resolved, 0.46, 0.45)))
    story.pass("2m")
    #expect(story.purposes == [.alert, .alert, .resolved])
    let first = try #require(story.messages.first?.alerts.first?.source)
    #expect(first.title == "industry=EdTech 0.46 to 0.4")
    #expect(first.reasons.last == "12 deals of it are open")
    #expect(first.text(of: "industry") == "EdTech")
    #expect(story.messages[1].alerts.first?.source.tier == .critical)
  }

  @Test("a segment of two dimensions inhibits the deals that have both, and a rise inhibits none")
  func inhibition() throws {
    var story = try Story(
      """
      inhibit: [{source: ["kind=trend_shift", "points<0"], target: ["kind=deal_risk"], within_segment: true}]
      route: {receiver: out, group_by: ["..."], group_wait: 0s}
      """)
    story.take(AlertSource(news(.opened, 0.5, 0.4, segment: "industry=EdTech and lead_source=Partner")))
    story.take(AlertSource(news(.opened, 0.4, 0.5, segment: "industry=SaaS")))
    story.take(Story.deal("D1", ["industry": "EdTech", "lead_source": "Partner"]))
    story.take(Story.deal("D2", ["industry": "EdTech", "lead_source": "Web"]))
    story.take(Story.deal("D3", ["industry": "SaaS"]))
    story.pass("1m")
    let deals = story.messages.flatMap(\.alerts).filter { $0.source.kind == .dealRisk }.map(\.source.subject)
    #expect(Set(deals) == ["D2", "D3"])
    #expect(story.reasons("D1") == [.grouped, .inhibited])
  }

  @Test("no number of a record is too large or too odd to be matched, grouped and routed by")
  func oddNumbers() throws {
    var story = try Story(
      """
      route:
        receiver: out
        group_by: [points, age_days, days_in_stage, amount]
        group_wait: 0s
        routes: [{name: five, matchers: ["points=5", "amount!=7", "win_probability!~5.*"]}]
      """)
    let odd = [1e30, -1e30, .greatestFiniteMagnitude, .infinity, .nan, -0.0, 9.3e18, 5.5]
    for number in odd {
      var source = AlertSource(news(.opened, 0, number, segment: "industry=\(number)"))
      (source.winProbability, source.points) = (number, number)
      (source.ageDays, source.daysInStage) = (.max, .min)
      source.amount = Money(cents: .max)
      #expect(AlertField.all.allSatisfy { !source.text(of: $0).contains("\n") })
      story.take(source)
    }
    story.pass("1m")
    #expect(story.messages.flatMap(\.alerts).count == odd.count)
  }

  @Test("each way in which a segment has shifted is an alert of its own, and history is none")
  func kinds() throws {
    var story = try Story("route: {receiver: out, group_by: [\"...\"], group_wait: 0s}")
    for kind in TrendShift.Kind.allCases { story.take(AlertSource(news(.opened, 0.46, 0.40, kind: kind))) }
    var old = news(.opened, 0.5, 0.3, segment: "industry=SaaS")
    old.mode = .backfill
    story.take(AlertSource(old))
    story.pass("1m")
    #expect(story.messages.count == TrendShift.Kind.allCases.count)
    #expect(story.reasons("industry=SaaS") == [.backfill])
    let tiers = Dictionary(
      uniqueKeysWithValues: story.messages.compactMap { $0.alerts.first?.source }.map {
        ($0.text(of: "trend"), $0.tier)
      })
    #expect(tiers["risk_volume"] == .critical)
    #expect(tiers["winning_streak"] == .low)
  }

  private static let team = """
    time_zone: Europe/Berlin
    owners:
      cro: carla
      people:
        carla: {name: Carla}
        max: {name: Max, manager: carla}
        rep_1: {name: Rita, manager: max}
        rep_2: {name: Raul, manager: max}
    digests:
      - {name: daily, every: day, at: "17:00", receiver: mail, to: channel}
      - {name: weekly, every: week, on: monday, at: "08:00", receiver: mail, to: cro}
      - {name: scorecards, every: month, day: 1, at: "08:00", receiver: mail, to: rep}
      - {name: team scorecards, every: month, day: 1, at: "09:00", receiver: mail, to: manager}
    route: {receiver: out, group_by: [kind], group_wait: 0s}

    """

  private func note(_ kind: ReportNote.Kind, _ subject: String? = nil, at: Timestamp) -> ReportNote {
    ReportNote(
      kind: kind, period: "p", subject: subject, title: "\(kind.rawValue) \(subject ?? "")", lines: ["a line"], at: at)
  }

  @Test("each report is in the digests of its kind: the day's, the week's, and scorecards to reps and their managers")
  func reports() throws {
    var story = try Story(Self.team)
    story.tick()
    story.now = try #require(Timestamp(rfc3339: "2026-03-28T12:00:00Z"))
    // What was due in between is late, and carries nothing.
    story.tick()
    story.pipeline.take(note(.daily, at: story.now))
    story.pipeline.take(note(.drivers, at: story.now))
    story.pipeline.take(note(.modelHealth, at: story.now))
    for rep in ["rep_1", "rep_2"] { story.pipeline.take(note(.scorecard, rep, at: story.now)) }
    story.pass("5d", step: "10m")
    let carried = story.messages.filter { $0.reports != nil }
    func titles(_ purpose: MessagePurpose, _ person: String?) -> [[String]] {
      carried.filter { $0.purpose == purpose && $0.recipient?.id == person }.map { ($0.reports ?? []).map(\.title) }
    }
    #expect(titles(.daily, nil) == [["daily "]])
    #expect(titles(.weekly, "carla") == [["drivers ", "model_health "]])
    #expect(titles(.monthly, "rep_1") == [["scorecard rep_1"]])
    #expect(titles(.monthly, "rep_2") == [["scorecard rep_2"]])
    #expect(titles(.monthly, "max") == [["scorecard rep_1", "scorecard rep_2"]])
    // Monday 08:00 on the team's clock, in the week in which it was set forward.
    #expect(carried.first { $0.purpose == .weekly }?.madeAt.description == "2026-03-30T06:00:00Z")
  }

  @Test("the shipped rules send scorecards to reps and to their managers")
  func shippedScorecards() throws {
    let file = URL(fileURLWithPath: #filePath).appendingPathComponent("../../../config/router.yaml").standardized
    let monthly = try RulesLoader.load(file: file.path).digests.filter { $0.purpose == .monthly }
    #expect(Set(monthly.map(\.audience)) == [.rep, .manager])
  }

  @Test("a report is carried with its lines, those of what came late among them")
  func record() {
    let now = Timestamp(milliseconds: 1_772_452_800_000)
    let report = Report(
      kind: .scorecard, period: "2026-02", from: now.adding(days: -28), to: now, subject: "rep_1", title: "February",
      lines: ["won 4 of 9", "2 came late"], figures: [], lateOutcomes: 2, ledgerOffset: 9)
    let note = ReportNote(report)
    #expect(note.key == "report/scorecard/rep_1")
    #expect(note.lines == ["won 4 of 9", "2 came late"])
    #expect(note.at == now)
  }

  @Test("a newer report of its kind replaces an older one, never the other way round")
  func newest() throws {
    var story = try Story(Self.team)
    var old = note(.drivers, at: story.now)
    old.title = "old"
    let new = note(.drivers, at: story.now.adding(days: 1))
    story.pipeline.take(new)
    story.pipeline.take(old)
    #expect(story.pipeline.reports(for: .weekly, nil, since: Timestamp(milliseconds: 0)).map(\.title) == ["drivers "])
  }
}
