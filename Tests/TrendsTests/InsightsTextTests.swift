import Deals
import Testing

@testable import Trends

@Suite("Insights in words")
struct InsightsTextTests {
  private func deals(_ won: (Int) -> Bool) -> [ClosedDeal] {
    (0..<80).map { index in
      let created = Timestamp(Day(number: 19_400 + 5 * Int32(index)))
      return ClosedDeal(
        outcome: won(index) ? .won : .lost, closedAt: created.adding(days: 20), createdAt: created, stage: .demo,
        amount: Money(units: 1_000),
        descriptors: Descriptors(rep: Symbol("rep_\(index % 2)"), industry: "SaaS", leadSource: "Partner"))
    }
  }

  @Test(
    "where all deals were lost, or won, nobody is above the team, and nothing tells them apart",
    arguments: [false, true])
  func oneOutcome(isWon: Bool) {
    let insights = Insights(deals { _ in isWon })
    #expect(insights.reps.count == 2 && insights.reps.allSatisfy { $0.quadrant == nil && $0.consistencyIndex != nil })
    #expect(!insights.text().contains("winner") && !insights.text().contains("below"))
    #expect(!insights.combinations.isEmpty && insights.text().contains("  none is better or worse\n"))
    #expect(insights.text().contains("  nothing: all of them were \(isWon ? "won" : "lost")\n"))
    #expect(Insights(deals { $0 % 4 < 2 }).reps.allSatisfy { $0.quadrant != nil })
  }

  @Test("no heading stands without a word below it, and amounts bear their currency")
  func headings() throws {
    let text = Insights(deals { $0 % 3 == 0 }).text(currency: try #require(Currency("EUR")))
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated().dropFirst() where !line.isEmpty && !line.hasPrefix(" ") {
      #expect(index + 1 < lines.count && lines[index + 1].hasPrefix("  "), "\(line)")
    }
    #expect(text.contains("EUR 50 a day") && !text.contains("$"))
  }
}
