import Deals
import Testing

@testable import Scoring

@Suite struct ModelTests {
  /// 100 closed deals of rep_1 (30 won) and 100 of rep_2 (60 won), all in the last weeks.
  private func history() -> Story {
    var story = Story()
    story.close(30, .won, rep: "rep_1", on: 100, first: 0)
    story.close(70, .lost, rep: "rep_1", on: 100, first: 100, cycle: 80)
    story.close(60, .won, rep: "rep_2", on: 101, first: 200)
    story.close(40, .lost, rep: "rep_2", on: 101, first: 300, cycle: 80)
    story.output.removeAll()
    return story
  }

  @Test("the weighted model's contributions add up to its score")
  func additivity() {
    var story = history()
    story.tell(.created, "D1", on: 102, Story.deal(created: 60))
    let risk = story.output.risks[0]
    let sum = risk.components.reduce(0) { $0 + $1.contribution }
    #expect(abs(sum - risk.score.points) <= 0.05 + 1e-9)
    #expect(abs(risk.winProbability.value - (1 - sum / 100)) < 1e-12)
  }

  @Test("a segment with fewer than 30 deals borrows the team's rate and the score says so")
  func minimumDeals() {
    var story = history()
    story.tell(.created, "D1", on: 102, Story.deal(created: 102, rep: "newcomer"))
    let rep = story.output.risks[0].components.first { $0.factor == Vocabulary.shared.rep }
    #expect(rep?.winRate == 0.45)
    #expect(story.output.risks[0].flags.contains(.insufficientHistory))
  }

  @Test("the reasons compare with the team in words")
  func reasons() {
    var story = history()
    story.tell(.created, "D1", on: 102, Story.deal(created: 102))
    #expect(story.output.risks[0].reasons.contains("rep_1 wins 30% of 100 deals, the team 45%"))
  }

  @Test("rule points add up as the reference adds them, to 100 at most")
  func points() {
    let model = PointsModel(baselines: .everything)
    var story = history()
    func points(_ stage: Stage, age: Int, rep: Symbol, source: Symbol, amount: Int64) -> Double {
      let features = DealFeatures(
        descriptors: Descriptors(rep: rep, industry: "SaaS", region: "Europe", leadSource: source), stage: stage,
        amount: Money(cents: amount * 100), ageDays: age, daysInStage: 0)
      return model.assess(features, &story.baselines).score.points
    }
    // Of two reps the lower lies below the 20th percentile of their rates; the team's 45% is below neither 44.5 nor 45.
    #expect(points(.qualified, age: 10, rep: "rep_2", source: "Inbound", amount: 50_000) == 0)
    #expect(points(.qualified, age: 10, rep: "rep_1", source: "Inbound", amount: 50_000) == 25)
    #expect(points(.qualified, age: 60, rep: "rep_2", source: "Inbound", amount: 50_001) == 15)
    #expect(points(.demo, age: 71, rep: "rep_2", source: "Partner", amount: 0) == 45)
    #expect(points(.proposal, age: 91, rep: "rep_1", source: "Partner", amount: 60_000) == 85)
  }

  @Test(
    "tiers begin where the design says",
    arguments: [
      (50.0, RiskTier.low), (50.1, .medium), (55.0, .medium), (55.1, .high), (60.0, .high), (60.1, .critical),
    ])
  func tiers(points: Double, tier: RiskTier) {
    #expect(WeightedModel.Tiers().tier(of: RiskScore(points: points)) == tier)
  }
}
