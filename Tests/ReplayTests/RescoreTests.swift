import Deals
import EngineConfiguration
import Scoring
import Testing

@testable import Replay

@Suite("Deals scored again")
struct RescoreTests {
  @Test(
    "with every outcome known, weighted-v1 gives the reference's own table, deal for deal",
    .enabled(if: ReferenceHistory.isThere, "the reference data is not beside the package"))
  func referenceTable() throws {
    let lives = DealLives(try ReferenceHistory.load())
    let deals = HistoryScorer(model: ScoringConfiguration(.weighted).riskModel(.everything), knowledge: .final).score(
      lives)
    let expected = try ReferenceHistory.rows("scored_deals.csv")
    #expect(deals.count == 5_000)
    var alike = 0
    for (deal, row) in zip(deals, expected) {
      let fields = ScoredDealsCSV().line(deal).split(separator: ",").map(String.init)
      if Array(fields[0..<5]) == Array(row[0..<5]), fields[5] == row[8] { alike += 1 }
    }
    #expect(alike == 5_000)
  }

  private func change(_ id: String, _ kind: ChangeKind, _ day: Int, rep: Symbol, _ status: DealStatus = .open) throws
    -> DealChange
  {
    let at = Timestamp(Day(number: Int32(day)))
    return DealChange(
      eventID: EventID(text: "\(id) \(kind) \(day)"), dealID: try #require(DealID(id)), kind: kind, occurredAt: at,
      deal: Deal(
        createdAt: Timestamp(Day(number: 19_000)), stage: .demo, descriptors: Descriptors(rep: rep), status: status))
  }

  @Test("as of then, a deal knows what closed before its own close, and neither that day's closes nor later ones")
  func nothingOfTheFuture() throws {
    func won(_ day: Int) -> DealStatus { .won(at: Timestamp(Day(number: Int32(day)))) }
    let history = DealHistory([
      try change("late", .closed, 19_020, rep: "a", won(19_020)),
      try change("first", .closed, 19_010, rep: "a", won(19_010)),
      try change("same day", .closed, 19_015, rep: "a", won(19_015)),
      try change("asked", .closed, 19_015, rep: "a", won(19_015)),
      try change("open", .created, 19_001, rep: "a"),
    ])
    let model = WeightedModel(baselines: .everything)
    let scores = HistoryScorer(model: model, knowledge: .pointInTime).score(DealLives(history))
    let deals = Dictionary(uniqueKeysWithValues: scores.map { ($0.id.text, $0.assessment.components[1].deals) })
    #expect(deals == ["first": 0, "same day": 1, "asked": 1, "late": 3, "open": 4])
    #expect(scores.map(\.id.text) == ["late", "first", "same day", "asked", "open"])
    let final = HistoryScorer(model: model, knowledge: .final).score(DealLives(history))
    #expect(final.allSatisfy { $0.assessment.components[1].deals == 4 })
  }

  @Test("a deal that was closed, reopened and closed again is scored at its last close")
  func reopened() throws {
    let lost = DealStatus.lost(at: Timestamp(Day(number: 19_010)), reason: nil)
    let won = DealStatus.won(at: Timestamp(Day(number: 19_030)))
    let history = DealHistory([
      try change("deal", .closed, 19_010, rep: "a", lost), try change("deal", .reopened, 19_012, rep: "a"),
      try change("deal", .closed, 19_030, rep: "a", won), try change("gone", .created, 19_011, rep: "b"),
      try change("gone", .deleted, 19_013, rep: "b"),
    ])
    let lives = DealLives(history)
    let scores = HistoryScorer(model: WeightedModel(baselines: .everything), knowledge: .pointInTime).score(lives)
    #expect(scores.map(\.id.text) == ["deal"])
    #expect(scores.first?.scoredAt == Timestamp(Day(number: 19_030)))
    #expect(scores.first?.outcome == .won)
    // Its own first outcome was taken back when it was reopened.
    #expect(scores.first?.assessment.components[1].deals == 0)
    #expect(lives.deletedDeals == 1)
  }

  @Test("the table has quotes where they are needed, an empty amount, and Open for a deal without an outcome")
  func table() throws {
    let history = DealHistory([try change("a, \"b\"", .created, 19_001, rep: "a")])
    let deal = try #require(
      HistoryScorer(model: WeightedModel(), knowledge: .pointInTime).score(DealLives(history)).first)
    #expect(
      ScoredDealsCSV().line(deal)
        == "\"a, \"\"b\"\"\",,Open,50.0,50.0,Low Risk,weighted-v1,2022-01-09T00:00:00Z")
  }
}
