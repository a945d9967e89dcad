import Deals
import EngineConfiguration
import Scoring
import Statistics

/// Searches weights and tiers of `weighted-v1` on the earlier part of a history, and judges what it found on the later
/// part alone, which the search never saw.
public struct Tuning: Sendable {
  /// Weights that were tried, in the order in which they are tried: every split of 1 into steps of a tenth.
  static let grid: [[Double]] = {
    var all: [[Double]] = []
    for a in 0...10 {
      for b in 0...(10 - a) {
        for c in 0...(10 - a - b) {
          for d in 0...(10 - a - b - c) {
            let e = 10 - a - b - c - d
            all.append([a, b, c, d, e].map { Double($0) / 10 })
          }
        }
      }
    }
    return all
  }()

  /// Deals on which weights are judged at most: more cost time and change little.
  private static let searched = 4_000

  /// Deals that closed before this instant were searched on, the others judged on.
  public let split: Timestamp
  /// Closed deals in the earlier part.
  public let earlierDeals: Int
  /// Closed deals in the later part.
  public let laterDeals: Int
  /// What the search started from.
  public let start: ScoringConfiguration
  /// What it found.
  public let found: ScoringConfiguration
  /// The AUC of what it found on the earlier part: how good the search makes itself look.
  public let earlierAUC: Double?
  /// Start against found on the later part.
  public let later: Comparison.PairedTest?
  /// The same for the Brier score.
  public let laterBrier: Comparison.PairedTest?
  /// The tiers of what was found, on the later part.
  public let laterTiers: [SkillReport.TierRow]

  /// Searches; nil where either part lacks won or lost deals.
  ///
  /// - Parameters:
  ///   - share: The share of closed deals, earliest first, that is searched on; 0 to 1.
  public init?(_ history: DealHistory, start: ScoringConfiguration, share: Double = 0.6) {
    let settings = start.settings
    let lives = DealLives(history, settings: settings)
    let scores = HistoryScorer(model: settings.model, knowledge: .pointInTime).score(lives)
    let rows = scores.compactMap(Row.init).sorted { ($0.closedAt, $0.id) < ($1.closedAt, $1.id) }
    let cut = Int(Double(rows.count) * share)
    guard cut > 0, cut < rows.count else { return nil }
    split = rows[cut].closedAt
    // Deals of the instant at which the parts meet belong to the later one.
    let earlier = rows.filter { $0.closedAt < rows[cut].closedAt }
    let later = rows.filter { $0.closedAt >= rows[cut].closedAt }
    guard let best = Self.search(earlier), Discrimination(later.map { $0.forecast(best) }) != nil else { return nil }
    var found = start
    found.model = .weighted
    found.weights.cycleBucket = best[0]
    found.weights.rep = best[1]
    found.weights.industry = best[2]
    found.weights.leadSource = best[3]
    found.weights.stage = best[4]
    found.tiers = Self.tiers(earlier, best)
    self.start = start
    self.found = found
    earlierDeals = earlier.count
    laterDeals = later.count
    earlierAUC = Discrimination(earlier.map { $0.forecast(best) })?.auc
    let weights = start.weights
    let old = [weights.cycleBucket, weights.rep, weights.industry, weights.leadSource, weights.stage]
    self.later = Comparison.aucTest(later.map { $0.forecast(old) }, later.map { $0.forecast(best) })
    laterBrier = Comparison.brierTest(later.map { $0.forecast(old) }, later.map { $0.forecast(best) })
    laterTiers = Self.tierRows(later, best, found.tiers)
  }

  /// A closed deal with the five rates that its chance is mixed from. They do not depend on the weights.
  private struct Row {
    var id: DealID
    var closedAt: Timestamp
    var isWon: Bool
    var rates: [Double]

    init?(_ deal: ScoredDeal) {
      let rates = deal.assessment.components.compactMap(\.winRate)
      guard let outcome = deal.outcome, let closedAt = deal.closedAt, rates.count == 5 else { return nil }
      id = deal.id
      self.closedAt = closedAt
      isWon = outcome == .won
      self.rates = rates
    }

    func forecast(_ weights: [Double]) -> Forecast {
      var chance = 0.0
      for index in 0..<5 { chance += weights[index] * rates[index] }
      return Forecast(chance: chance, isWon: isWon)
    }
  }

  private static func search(_ rows: [Row]) -> [Double]? {
    let step = max(1, rows.count / searched)
    let sample = stride(from: 0, to: rows.count, by: step).map { rows[$0] }
    var best: (weights: [Double], auc: Double)?
    for weights in grid {
      guard let auc = Discrimination(sample.map { $0.forecast(weights) })?.auc else { return nil }
      // The first of equals stays, so that a search gives the same on every machine.
      if auc > best?.auc ?? -1 { best = (weights, auc) }
    }
    return best?.weights
  }

  /// Cuts at half points that set the win rates of the tiers apart most (the resolution of the Brier score), each tier
  /// with at least one deal in fifty.
  private static func tiers(_ rows: [Row], _ weights: [Double]) -> WeightedModel.Tiers {
    var deals = [Int](repeating: 0, count: 202)
    var won = deals
    for row in rows {
      let forecast = row.forecast(weights)
      // Half points, counted so that a score on a cut belongs below it.
      let place = Int((200 * (1 - forecast.chance)).rounded(.up))
      deals[place + 1] += 1
      if forecast.isWon { won[place + 1] += 1 }
    }
    for place in 1..<202 {
      deals[place] += deals[place - 1]
      won[place] += won[place - 1]
    }
    let base = Double(won[201]) / Double(max(1, rows.count))
    func resolution(_ low: Int, _ high: Int) -> Double? {
      let count = deals[high] - deals[low]
      guard count * 50 >= rows.count else { return nil }
      let rate = Double(won[high] - won[low]) / Double(count)
      return Double(count) * (rate - base) * (rate - base)
    }
    let used = (1..<201).filter { deals[$0] > 0 && deals[$0] < rows.count }
    var best: (tiers: WeightedModel.Tiers, value: Double) = (WeightedModel.Tiers(), -1)
    for low in used {
      guard let first = resolution(0, low) else { continue }
      for medium in used where medium > low {
        guard let second = resolution(low, medium) else { continue }
        for high in used where high > medium {
          guard let third = resolution(medium, high), let fourth = resolution(high, 201) else { continue }
          let value = first + second + third + fourth
          guard value > best.value else { continue }
          var tiers = WeightedModel.Tiers()
          tiers.low = Double(low - 1) / 2
          tiers.medium = Double(medium - 1) / 2
          tiers.high = Double(high - 1) / 2
          best = (tiers, value)
        }
      }
    }
    return best.tiers
  }

  private static func tierRows(
    _ rows: [Row], _ weights: [Double], _ tiers: WeightedModel.Tiers
  ) -> [SkillReport.TierRow] {
    var counts: [RiskTier: (deals: Int, won: Int)] = [:]
    for row in rows {
      let forecast = row.forecast(weights)
      let points = RiskScore(points: 100 * (1 - forecast.chance)).points
      let tier: RiskTier =
        points <= tiers.low ? .low : points <= tiers.medium ? .medium : points <= tiers.high ? .high : .critical
      let known = counts[tier] ?? (0, 0)
      counts[tier] = (known.deals + 1, known.won + (forecast.isWon ? 1 : 0))
    }
    return RiskTier.allCases.compactMap { tier in
      guard let (deals, won) = counts[tier], let interval = Binomial.wilson(won, of: deals) else { return nil }
      return SkillReport.TierRow(tier: tier, deals: deals, won: won, interval: interval)
    }
  }
}
