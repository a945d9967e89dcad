import Deals
import Testing

@testable import Alerts

@Suite struct RoutingTests {
  @Test(
    "a matcher compares texts, patterns, numbers and tiers",
    arguments: [
      ("industry=EdTech", true), ("industry=Ed", false), ("industry!=FinTech", true), ("industry=~Ed.*|Fin.*", true),
      ("industry=~Ed", false), ("industry!~Fin.*", true), ("amount>=75000", true), ("amount > 75_000", false),
      ("score<58.1", true), ("score<=57.9", false), ("tier>=High", true), ("tier>High", false), ("region=", true),
      ("points>0", false), ("stage=\"Proposal\"", true), ("score=58.0", true), ("score!=58.0", false),
      ("amount=75_000", true),
      ("points=", true), ("points!=5", true), ("score=~58", true),
    ])
  func matchers(_ text: String, _ fits: Bool) throws {
    let deal = Story.deal("D1", ["industry": "EdTech", "stage": "Proposal"])
    #expect(try Matcher(text).matches(deal) == fits)
  }

  @Test(
    "a matcher that can't be read says what to write",
    arguments: ["", "industry", "colour=red", "score=>5", "stage>3", "rep_id=~(", "amount>lots", "score=nan"])
  func unreadable(_ text: String) {
    #expect(throws: Matcher.Fault.self) { try Matcher(text) }
  }

  private let tree = """
    route:
      receiver: out
      routes:
        - {name: big, matchers: ["amount>=100000"], receiver: mail, continue: true}
        - name: edtech
          matchers: ["industry=EdTech"]
          group_wait: 7s
          routes:
            - {name: late, matchers: ["stage=Proposal"], repeat_interval: 2d}
        - {name: rest, matchers: ["industry=~.*"]}
    """

  @Test("the first child that fits takes a statement, one that continues lets the next be asked too")
  func descent() throws {
    let story = try Story(tree)
    func routes(_ dollars: Double, _ labels: [String: String]) -> [String] {
      story.pipeline.rules.tree.routes(for: Story.deal("D1", dollars: dollars, labels)).map(\.id)
    }
    #expect(routes(5, ["industry": "EdTech"]) == ["root/edtech"])
    #expect(routes(5, ["industry": "EdTech", "stage": "Proposal"]) == ["root/edtech/late"])
    #expect(routes(200_000, ["industry": "EdTech"]) == ["root/big", "root/edtech"])
    #expect(routes(200_000, ["industry": "Retail"]) == ["root/big", "root/rest"])
  }

  @Test("what a route does not say, its parent says")
  func inheritance() throws {
    let late = try #require(try Story(tree).pipeline.rules.tree.all.first { $0.id == "root/edtech/late" })
    #expect(late.groupWait.value == 7_000)
    #expect(late.repeatInterval.value == 2 * 86_400_000)
    #expect(late.receiver == "out")
  }

  @Test("the explanation names the matcher that failed and the value that it met")
  func explanation() throws {
    let lines = try Story(tree).pipeline.rules.tree.explanation(for: Story.deal("D1", ["industry": "Retail"]))
    #expect(lines.contains { $0.contains("root/edtech: no, industry=EdTech is not so: industry is \"Retail\"") })
  }

  @Test("two routers with the same rules give an alert the same identity")
  func identity() {
    let other = Story.deal("D1", score: 99)
    #expect(Story.deal("D1").fingerprint == other.fingerprint)
    #expect(Story.deal("D1").contentHash != other.contentHash)
    #expect(Story.deal("D2").fingerprint != other.fingerprint)
  }
}
