import Deals
import Scoring
import Statistics

/// A score of a closed deal, held against its outcome.
struct JudgedScore: Sendable {
  var id: DealID
  var forecast: Forecast
  var tier: RiskTier
  var amount: Money?
  var descriptors: Descriptors
  var stage: Stage
  var closedAt: Timestamp
  /// Whole days from the deal's creation to the moment of the score.
  var ageDays: Int

  /// What figures are made of.
  var tiered: TieredForecast { TieredForecast(forecast: forecast, tier: tier) }

  /// Nil of an open deal.
  init?(_ deal: ScoredDeal) {
    guard let outcome = deal.outcome, let closedAt = deal.closedAt else { return nil }
    id = deal.id
    forecast = Forecast(chance: deal.assessment.winProbability.value, isWon: outcome == .won)
    tier = deal.assessment.tier
    amount = deal.amount
    descriptors = deal.features.descriptors
    stage = deal.features.stage
    self.closedAt = closedAt
    ageDays = deal.features.ageDays
  }

  /// The score that was published last before a deal closed; nil where there was none, or the deal is open.
  init?(published life: DealLives.Life) {
    let state = life.state
    guard let outcome = state.status.outcome, let closedAt = state.status.closedAt,
      let prediction = state.prediction, let tier = state.tier
    else { return nil }
    id = life.id
    forecast = Forecast(chance: prediction.winProbability.value, isWon: outcome == .won)
    self.tier = tier
    amount = state.amount
    descriptors = state.descriptors
    stage = state.stage
    self.closedAt = closedAt
    ageDays = max(0, prediction.scoredAt.days(since: state.createdAt))
  }
}

/// A chance with what became of it, and the tier that the deal was put into.
struct TieredForecast: Sendable {
  var forecast: Forecast
  var tier: RiskTier
}
