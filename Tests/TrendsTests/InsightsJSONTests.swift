import Deals
import Foundation
import Testing

@testable import Trends

@Suite("The JSON of insights keeps its own names") struct InsightsJSONTests {
  private func root(_ insights: Insights) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(insights.json().utf8)) as? [String: Any])
  }

  @Test("A rep named as one of our figures replaces nothing, and has a card") func names() throws {
    var story = ReportStory()
    for index in 0..<40 {
      let rep: Symbol = ["deals", "win_rate", "rep_1"][index % 3]
      story.close(at("2026-03-02T10:00:00Z").adding(days: index), index % 2 == 0 ? .won : .lost, rep: rep)
    }
    let root = try root(Insights(story.entries.compactMap(\.added)))
    #expect(root["deals"] as? Int == 40)
    #expect(root["win_rate"] as? Double == 0.5)
    #expect((root["rep_1"] as? [String: Any])?["deals"] as? Int == 13)
    let cards = try #require(root["rep_cards"] as? [String: [String: Any]])
    #expect(cards["deals"]?["deals"] as? Int == 14)
    #expect(cards.count == 3)
    let industries = try #require(root["industries_by_quarter"] as? [String: [String: Double]])
    #expect(industries["SaaS"]?["2026Q1"] != nil)
  }

  @Test("Of no deals the figures are there, and null") func empty() throws {
    let root = try root(Insights([]))
    #expect(root["deals"] as? Int == 0)
    for name in ["win_rate", "mean_amount", "median_amount", "mean_cycle_days", "median_cycle_days"] {
      #expect(root[name] is NSNull, "\(name)")
    }
  }
}
