import Deals
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
    let deals = HistoryScorer(model: ModelName.weighted.model(for: .final), knowledge: .final).score(lives)
    let expected = try ReferenceHistory.rows("scored_deals.csv")
    #expect(deals.count == 5_000)
    var alike = 0
    for (deal, row) in zip(deals, expected) {
      let fields = ScoredDealsCSV().line(deal).split(separator: ",").map(String.init)
      if Array(fields[0..<5]) == Array(row[0..<5]), fields[5] == row[8] { alike += 1 }
    }
    #expect(alike == 5_000)
  }
}
