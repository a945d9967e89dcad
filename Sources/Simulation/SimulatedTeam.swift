import Deals
import Foundation

/// Who sells what to whom in a simulation, and how the chance to win truly depends on it.
struct SimulatedTeam {
  private let settings: SimulationSettings
  private let reps: [(name: Symbol, skill: Double)]
  private let industries: [(name: Symbol, skill: Double)]
  private let sources: [(name: Symbol, skill: Double)]
  private let regions: [Symbol] = ["India", "APAC", "North America", "Europe"]
  private let products: [Symbol] = ["Core", "Pro", "Enterprise"]
  private static let lossReasons: [Symbol] = ["price", "competitor", "no decision", "timing", "product gap"]

  init(_ settings: SimulationSettings, _ random: inout SplitMix64) {
    self.settings = settings
    var generator = random
    func skilled(_ names: [String], share: Double) -> [(name: Symbol, skill: Double)] {
      names.map { (Symbol($0), generator.normal(deviation: settings.spread * share)) }
    }
    reps = skilled((1...max(1, settings.reps)).map { "rep_\($0)" }, share: 1)
    industries = skilled(["SaaS", "FinTech", "EdTech", "HealthTech", "Ecommerce"], share: 0.6)
    sources = skilled(["Inbound", "Outbound", "Referral", "Partner"], share: 0.6)
    random = generator
  }

  func newDeal(at instant: Timestamp, _ random: inout SplitMix64) -> Deal {
    let units = (exp(random.normal(mean: 9.6, deviation: 1.1))).rounded()
    return Deal(
      createdAt: instant, stage: .qualified, amount: Amount(units: min(max(units, 500), 400_000), currency: .usd),
      descriptors: Descriptors(
        rep: reps[random.below(reps.count)].name, industry: industries[random.below(industries.count)].name,
        region: regions[random.below(regions.count)], productType: products[random.below(products.count)],
        leadSource: sources[random.below(sources.count)].name),
      expectedCloseAt: Timestamp(instant.day).adding(days: 30 + random.below(90)))
  }

  /// The true chance that a deal which closes then is won: the team's, its segments' and what has changed; long cycles
  /// win less.
  func winProbability(_ deal: Deal, closedAt: Timestamp) -> Double {
    let descriptors = deal.descriptors
    var chance = settings.winRate
    chance += reps.first { $0.name == descriptors.rep }?.skill ?? 0
    chance += industries.first { $0.name == descriptors.industry }?.skill ?? 0
    chance += sources.first { $0.name == descriptors.leadSource }?.skill ?? 0
    chance += 0.05 - Double(min(closedAt.days(since: deal.createdAt), 120)) / 1_200
    for effect in settings.effects where closedAt.day >= effect.from && applies(effect, deal) {
      chance += effect.change
    }
    return min(0.98, max(0.02, chance))
  }

  private func applies(_ effect: SimulationSettings.Effect, _ deal: Deal) -> Bool {
    switch effect.dimension {
    case .rep: deal.descriptors.rep == effect.value
    case .industry: deal.descriptors.industry == effect.value
    case .region: deal.descriptors.region == effect.value
    case .productType: deal.descriptors.productType == effect.value
    case .leadSource: deal.descriptors.leadSource == effect.value
    case .stage: deal.stage.name == effect.value.text
    case .sizeBucket, .cycleBucket: false
    }
  }

  func lossReason(_ random: inout SplitMix64) -> Symbol {
    Self.lossReasons[random.below(Self.lossReasons.count)]
  }
}
