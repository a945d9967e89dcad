import Charts
import Deals
import EngineConfiguration
import Scoring
import Testing

@testable import Replay

@Suite("A history becomes a page")
struct ReportTests {
  @Test(
    "the page of the reference data has its charts and its figures",
    .enabled(if: ReferenceHistory.isThere, "the reference data is not beside the package"))
  func reference() throws {
    let history = try ReferenceHistory.load()
    let page = HistoryReport(history, [ScoringConfiguration(.weighted)], title: "Reference").page
    let html = page.html
    for heading in [
      "Summary", "Win rate and volume by quarter", "Industries over time", "Lead sources over time", "Velocity", "Reps",
      "Consistency", "Cycle length against win rate", "Regions and industries", "Driver effect sizes",
      "Best and worst combinations", "weighted-v1: verdict", "weighted-v1: tiers", "weighted-v1: score distribution",
      "weighted-v1: calibration and lift",
    ] {
      #expect(page.sections.contains { $0.heading == heading }, "\(heading)")
    }
    #expect(page.figures.map(\.value).prefix(4) == ["5,000", "45.3%", "26,286", "63.8 days"])
    #expect(html.contains("3,082 deals") && html.contains("1,918 deals"))
    // Cramér's V of industry and of the cycle's length, as in reference.json.
    #expect(html.contains("χ² 3.0, df 4") && html.contains("χ² 8.9, df 3"))
    #expect(!html.lowercased().contains("nan"))
  }

  @Test("the consistency of a rep is the deviation of quarterly win rates, the velocity amount by days")
  func formulas() {
    #expect(ClosedDealRows.deviation([0.4, 0.6]).map { abs($0 - 0.1414) < 1e-4 } == true)
    #expect(ClosedDealRows.deviation([0.4]) == nil)
    let row = ClosedDealRows.Row(
      isWon: true, amount: 900, cycleDays: 30, closedAt: Timestamp(Day(number: 19_723)), descriptors: Descriptors(),
      stage: .demo)
    #expect(row.velocity == 30)
    #expect(row.quarter == "2024 Q1")
  }

  @Test("an empty history gives a page that says so")
  func empty() {
    let page = HistoryReport(DealHistory([]), [ScoringConfiguration(.weighted)], title: "Empty").page
    #expect(page.sections.map(\.heading) == ["Nothing to show"])
    #expect(!page.html.contains("NaN"))
  }
}
