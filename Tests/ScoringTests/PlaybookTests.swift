import Deals
import Testing

@testable import Scoring

@Suite struct PlaybookTests {
  /// Six reps in one industry: rep_0 wins 10 of 40, rep_5 30 of 40.
  private func history() -> Baselines {
    var story = Story()
    for rep in 0..<6 {
      let won = 10 + rep * 4
      story.close(won, .won, rep: Symbol("rep_\(rep)"), on: 100, first: rep * 100)
      story.close(40 - won, .lost, rep: Symbol("rep_\(rep)"), on: 100, first: rep * 100 + 50)
    }
    return story.baselines
  }

  private func actions(
    rep: Symbol, source: Symbol = "Inbound", stage: Stage = .proposal, days: Int, tier: RiskTier = .medium
  ) -> [String] {
    var baselines = history()
    let features = DealFeatures(
      descriptors: Descriptors(rep: rep, industry: "SaaS", leadSource: source), stage: stage, amount: nil,
      ageDays: days, daysInStage: days)
    return Playbook.standard.actions(for: features, tier: tier, .streaming, &baselines).map(\.id.text)
  }

  @Test("above 90 days with a rep in the bottom fifth an executive sponsor calls")
  func sponsor() {
    #expect(actions(rep: "rep_0", days: 91).first == "executive_sponsor_call")
    #expect(!actions(rep: "rep_0", days: 90).contains("executive_sponsor_call"))
    #expect(!actions(rep: "rep_5", days: 91).contains("executive_sponsor_call"))
  }

  @Test("a partner lead above 60 days in Proposal has its buyer's authority verified")
  func partner() {
    #expect(actions(rep: "rep_5", source: "Partner", days: 61).first == "verify_buyer_authority")
    #expect(!actions(rep: "rep_5", source: "Partner", stage: .demo, days: 61).contains("verify_buyer_authority"))
    #expect(!actions(rep: "rep_5", source: "Partner", days: 60).contains("verify_buyer_authority"))
  }

  @Test("a risky deal goes to the rep who does best in its industry, unless that is its own rep")
  func reassign() {
    #expect(actions(rep: "rep_0", days: 1, tier: .high) == ["reassign"])
    #expect(actions(rep: "rep_5", days: 1, tier: .high) == [])
    #expect(actions(rep: "rep_0", days: 1, tier: .medium) == [])
  }

  @Test("60 days call for the manager, 45 for a decision")
  func review() {
    #expect(actions(rep: "rep_5", days: 44) == [])
    #expect(actions(rep: "rep_5", days: 45) == ["escalate_or_deprioritise"])
    #expect(actions(rep: "rep_5", days: 60) == ["manager_review", "escalate_or_deprioritise"])
  }

  @Test("a text names the deal's own facts; an unknown field is refused by name")
  func texts() throws {
    let written = "Reassign to {best_rep}: {days_in_stage} days in {stage}."
    let text = try PlaybookText(written)
    let features = DealFeatures(
      descriptors: Descriptors(), stage: .demo, amount: nil, ageDays: 0, daysInStage: 7)
    let best = RankedRep(rep: "rep_5", winRate: 0.5, deals: 40)
    #expect(text.render(features, best) == "Reassign to rep_5: 7 days in Demo.")
    let wrong = "call {rap}"
    #expect(throws: PlaybookText.UnknownField(name: "rap")) { try PlaybookText(wrong) }
  }

  @Test("the standard texts hold only fields that exist")
  func standardTexts() throws {
    for rule in Playbook.standard.rules { _ = try PlaybookText(rule.text.source) }
  }
}
