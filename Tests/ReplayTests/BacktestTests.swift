import Deals
import EngineConfiguration
import Foundation
import Scoring
import Simulation
import Testing

@testable import Replay
import Statistics

@Suite("A backtest tells what scores are worth")
struct BacktestTests {
  @Test(
    "the reference's claim is shown to be a leak: in-sample 0.546 with its tier table, point-in-time a coin flip",
    .enabled(if: ReferenceHistory.isThere, "the reference data is not beside the package"))
  func reference() throws {
    let backtest = Backtest(try ReferenceHistory.load(), [Backtest.Candidate(.weighted)])
    let model = try #require(backtest.models.first)
    #expect(abs(try #require(model.inSample.auc) - 0.546) < 0.0005)
    let interval = try #require(model.pointInTime.aucInterval)
    #expect(interval.contains(0.5))
    #expect(abs(try #require(model.pointInTime.auc) - 0.49) < 0.015)
    #expect(model.inSample.tiers.map(\.tier) == [.medium, .high])
    #expect(model.inSample.tiers.map(\.deals) == [3_082, 1_918])
    #expect(model.inSample.tiers.map { Figures.percent($0.winRate) } == ["47.8%", "41.2%"])
    #expect(model.verdict.skill == .none)
    #expect(model.verdict.leak?.contains("leaking") == true)
    // Nearly all of it comes from scores that have seen their own outcome: the history is short.
    let leak = try #require(model.verdict.parts)
    #expect(abs(leak.ownOutcomes - 0.059) < 0.002 && abs(leak.otherOutcomes) < 0.01)
    #expect(backtest.closedDeals == 5_000 && backtest.wonDeals == 2_263)
  }

  private func history(_ outcomes: [(Int, Outcome)]) throws -> DealHistory {
    var changes: [DealChange] = []
    for (index, (day, outcome)) in outcomes.enumerated() {
      let id = try #require(DealID("D\(index)"))
      let created = Timestamp(Day(number: Int32(19_000 + day)))
      let closed = created.adding(days: 20)
      var deal = Deal(createdAt: created, stage: .demo, descriptors: Descriptors(rep: "a"))
      changes.append(
        DealChange(
          eventID: EventID(text: "c\(index)"), dealID: id, kind: .created, occurredAt: created, deal: deal))
      deal.status = outcome == .won ? .won(at: closed) : .lost(at: closed, reason: nil)
      changes.append(
        DealChange(eventID: EventID(text: "x\(index)"), dealID: id, kind: .closed, occurredAt: closed, deal: deal))
    }
    return DealHistory(changes)
  }

  @Test("an empty history and one with a single outcome say why there is no figure")
  func gaps() throws {
    let nothing = Backtest(DealHistory([]), [Backtest.Candidate(.weighted)])
    #expect(nothing.models.first?.verdict.sentence == "no verdict: there are no closed deals")
    let wins = Backtest(try history((0..<30).map { ($0, .won) }), ModelName.allCases.map { Backtest.Candidate($0) })
    for model in wins.models {
      #expect(model.pointInTime.auc == nil)
      #expect(model.verdict.sentence == "no verdict: all of the 30 deals were won")
      #expect(model.verdict.skill == .unknown)
    }
    #expect(nothing.page(title: "t").sections.map(\.heading) == ["Nothing to judge"])
    for text in [nothing.text, nothing.json, wins.text, wins.json] {
      #expect(!text.lowercased().contains("nan") && !text.contains("inf"))
    }
    #expect(wins.text.contains("no AUC point-in-time: all of the 30 deals were won"))
  }

  @Test("the published side uses the score that stood before the close, at the age that the deal had then")
  func published() throws {
    let backtest = Backtest(
      try history((0..<40).map { ($0, $0 % 3 == 0 ? .won : .lost) }), [Backtest.Candidate(.weighted)])
    let model = try #require(backtest.models.first)
    #expect(model.published.deals == 40)
    #expect(model.neverPublished == 0)
    let ages = try #require(model.publishedSlices.first { $0.name == "age" })
    #expect(ages.slices.map(\.label) == ["00–30 days"])
    let quarters = try #require(model.slices.first { $0.name == "quarter" })
    #expect(quarters.slices.map(\.deals).reduce(0, +) == 40)
  }

  /// The chances that a simulated history was drawn from, beside what each model makes of it.
  @Test("on simulated histories no model beats the true chances point-in-time", arguments: [1, 2] as [UInt64])
  func simulated(seed: UInt64) throws {
    var settings = SimulationSettings()
    settings.seed = seed
    settings.events = 20_000
    settings.spread = 0.25
    var simulator = DealSimulator(settings)
    var changes: [DealChange] = []
    while let event = simulator.next() { if case .change(let change) = event.content { changes.append(change) } }
    let truths = simulator.truths.map { Forecast(chance: $0.winProbability, isWon: $0.outcome == .won) }
    let truth = try #require(Discrimination(truths))
    let backtest = Backtest(DealHistory(changes), ModelName.allCases.map { Backtest.Candidate($0) })
    let weighted = try #require(backtest.models.first { $0.model == "weighted-v1" })
    #expect(weighted.verdict.skill == .skill, "seed \(seed): \(weighted.verdict.sentence)")
    for model in backtest.models {
      let auc = try #require(model.pointInTime.auc)
      #expect(auc < truth.auc, "seed \(seed): \(model.model) \(auc), the true chances \(truth.auc)")
    }
  }

  @Test("the true chances of a simulation stand beside the models; a table of another kind is refused")
  func trueChances() throws {
    let path = NSTemporaryDirectory() + "truth-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let rows =
      "deal_id,closed_at,win_probability,outcome\nA,2024-01-01T00:00:00Z,0.8,won\nB,2024-01-02T00:00:00Z,0.3,lost\n"
    try Data(rows.utf8).write(to: URL(filePath: path))
    var backtest = Backtest(DealHistory([]), [])
    backtest.truth = try TrueChances(path: path)
    #expect(backtest.truth?.report.auc == 1)
    #expect(backtest.json.contains("\"true_auc\":1"))
    var judged = Backtest(
      DealHistory(RandomLives.changes(2_000, deals: 200, seed: 4)), [Backtest.Candidate(.weighted)])
    judged.truth = backtest.truth
    let page = judged.page(title: "t").html
    #expect(page.contains("The true chances: "))
    // A page has what the text has.
    for words in [
      "Average precision (lost)", "Resolution", "by quarter, point-in-time", "by lead source", "age at the score",
    ] {
      #expect(page.contains(words), "\(words)")
    }
    #expect(
      judged.text(details: true).contains(
        "By industry, point-in-time: tiers, calibration (said → was) and lift by tenth"))
    try Data("deal_id,outcome\nA,won\n".utf8).write(to: URL(filePath: path))
    #expect(throws: ReplayError.self) { try TrueChances(path: path) }
  }

  @Test("leaving one out takes back the deal's own outcome and nothing else", arguments: ModelName.allCases)
  func leaveOneOut(name: ModelName) throws {
    let history = DealHistory(RandomLives.changes(900, deals: 60, seed: 8))
    let candidate = Backtest.Candidate(name)
    let lives = DealLives(history, settings: candidate.settings)
    var chances: [DealID: Double] = [:]
    HistoryScorer(model: candidate.inSample, knowledge: .final).forEachScoreWithoutOwnOutcome(lives) {
      chances[$0.id] = $0.assessment.winProbability.value
    }
    let closed = lives.lives.filter { $0.state.status.outcome != nil }
    #expect(closed.count > 10 && chances.count == closed.count)
    for life in closed {
      let others = DealHistory(history.changes.filter { $0.dealID != life.id })
      var baselines = DealLives(others, settings: candidate.settings).finalBaselines
      #expect(candidate.inSample.assess(life.features, &baselines).winProbability.value == chances[life.id])
    }
    let backtest = Backtest(history, [candidate])
    let model = try #require(backtest.models.first)
    #expect(model.leaveOneOut.deals == closed.count)
    let parts = try #require(model.verdict.parts)
    #expect(abs(parts.ownOutcomes + parts.otherOutcomes - parts.gap) < 1e-12)
    #expect(backtest.json.contains("\"leak\":{\"auc_gap\":"))
  }

  @Test("closed deals that changed, and currencies without a rate, are told")
  func remarks() throws {
    var changes = try history((0..<30).map { ($0, $0 % 2 == 0 ? .won : .lost) }).changes
    let last = try #require(changes.last)
    // One deal is amended twice, one reopened, one deleted: three deals.
    let closed = changes.filter { $0.kind == .closed }
    for (index, (place, kind)) in [(0, ChangeKind.updated), (0, .updated), (1, .reopened), (2, .deleted)].enumerated() {
      var change = closed[place]
      change.kind = kind
      change.eventID = EventID(text: "after \(index)")
      change.occurredAt = last.occurredAt.adding(days: Int(index) + 1)
      if kind == .reopened { change.deal.status = .open }
      if kind == .updated { change.deal.stage = index == 0 ? .negotiation : .proposal }
      changes.append(change)
    }
    for index in changes.indices where ["D5", "D6"].contains(changes[index].dealID.text) {
      changes[index].deal.amount = Amount(units: 100, currency: try #require(Currency("EUR")))
    }
    let backtest = Backtest(DealHistory(changes), [Backtest.Candidate(.weighted)])
    #expect(backtest.changedAfterClose == 3 && backtest.unknownCurrencies == 2)
    let page = backtest.page(title: "t").html
    for words in [
      "3 closed deals changed afterwards (amended, reopened or deleted): the last outcome counts",
      "2 deals have amounts in a currency without a rate",
    ] {
      #expect(backtest.text.contains(words) && page.contains(words), "\(words)")
    }
    #expect(backtest.json.contains("\"changed_after_close\":3,\"unknown_currencies\":2"))
  }

  @Test("the text is a summary, and has the parts where they are asked for")
  func details() throws {
    let backtest = Backtest(
      DealHistory(RandomLives.changes(600, deals: 60, seed: 4)), [Backtest.Candidate(.weighted)])
    #expect(!backtest.text.contains("By quarter, point-in-time") && backtest.text.contains("--details"))
    let all = backtest.text(details: true)
    #expect(all.contains("By quarter, point-in-time") && all.contains("age at the score") && !all.contains("--details"))
  }

  @Test("two configurations of one model are told apart by their names, in every format")
  func names() throws {
    let folder = try TestFolder()
    let tuned = try folder.write("tuned.yaml", ["scoring:", "  minimum_deals: 5"])
    let configurations = [ScoringConfiguration(.weighted), try ScoringConfiguration(file: tuned)]
    let backtest = Backtest(
      DealHistory(RandomLives.changes(600, deals: 60, seed: 4)), configurations.map(\.candidate))
    #expect(backtest.text.contains("== weighted-v1\n") && backtest.text.contains("== \(tuned) (weighted-v1)\n"))
    #expect(backtest.json.contains("\"model\":\"weighted-v1\",\"name\":\"\(tuned)\""))
    let headings = backtest.page(title: "t").sections.map(\.heading)
    #expect(headings.contains("weighted-v1: verdict") && headings.contains("\(tuned) (weighted-v1): verdict"))
    #expect(Set(headings).count == headings.count)
  }

  @Test("on a page the figures of a part stand in narrow columns, with all of its calibration and lift")
  func pageTables() throws {
    let backtest = Backtest(
      DealHistory(RandomLives.changes(2_000, deals: 200, seed: 4)), [Backtest.Candidate(.weighted)])
    let page = backtest.page(title: "t")
    let section = try #require(page.sections.first { $0.heading == "weighted-v1: by quarter, point-in-time" })
    #expect(section.tables.map(\.layout) == [.blocks, .blocks, .dense, .dense])
    let slices = try #require(backtest.models.first?.slices.first { $0.name == "quarter" }).slices
    for (index, slice) in slices.enumerated() {
      for table in section.tables { #expect(table.rows[index].count == table.heads.count) }
      let report = slice.report
      #expect(section.tables[2].rows[index].count { $0.contains("\n") } == report.calibration.count)
      #expect(section.tables[3].rows[index].count { !$0.isEmpty } == report.lift.count + 1)
    }
    // No cell is wider than a number or an interval, and a tier's words.
    let cells = page.sections.flatMap(\.tables).flatMap(\.rows).flatMap { $0.dropFirst() }
    #expect(cells.allSatisfy { $0.split(separator: "\n").allSatisfy { $0.count <= 16 } })
  }

  @Test("the calibration error is the mean distance of what was said from what happened")
  func calibrationError() throws {
    let report = SkillReport(
      forecasts: (0..<20).map { Forecast(chance: $0 < 10 ? 0.2 : 0.7, isWon: $0 % 2 == 0) })
    #expect(abs(try #require(report.calibrationError) - (0.3 + 0.2) / 2) < 1e-9)
    #expect(SkillReport(forecasts: []).calibrationError == nil)
  }

  @Test("figures are written the same everywhere")
  func figures() {
    #expect(Figures.share(0.4949) == "0.49")
    #expect(Figures.share(-0.0004, 3) == "0.000")
    #expect(Figures.share(1.005, 1) == "1.0")
    #expect(Figures.percent(0.4776) == "47.8%")
    #expect(Figures.count(1_234_567) == "1,234,567")
  }
}
