import Deals

/// Says in words why a score is as high as it is.
struct Reasons {
  /// How many reasons an event carries at most.
  static let limit = 3

  /// The strongest reasons first: what stands still, then the components by how much they add above the team's rate.
  static func words(for assessment: Assessment, _ features: DealFeatures, _ flags: RiskFlags) -> [String] {
    var reasons: [String] = []
    if flags.contains(.stale) {
      reasons.append("it has stood in \(features.stage.name) for \(features.daysInStage) days")
    }
    if flags.contains(.regressed) { reasons.append("it has moved backwards in the funnel") }
    for component in strongest(of: assessment) {
      if reasons.count == limit { break }
      if let text = words(for: component, features, overall: assessment.overallWinRate) { reasons.append(text) }
    }
    return reasons
  }

  private static func strongest(of assessment: Assessment) -> [RiskComponent] {
    guard let overall = assessment.overallWinRate else {
      return assessment.components.filter { $0.winRate == nil }
    }
    var ranked: [(excess: Double, component: RiskComponent)] = []
    for component in assessment.components {
      let excess = excess(of: component, overall: overall)
      guard excess > 0 else { continue }
      // Ties keep the model's own order, so that the words are the same on every machine.
      let place = ranked.firstIndex { $0.excess < excess } ?? ranked.count
      ranked.insert((excess, component), at: place)
    }
    return ranked.map(\.component)
  }

  /// Points that a component adds because its rate is below the team's; of a rule without a rate, all its points.
  private static func excess(of component: RiskComponent, overall: Double) -> Double {
    guard let rate = component.winRate else { return component.contribution }
    return component.weight == 1 ? component.contribution : component.weight * (overall - rate) * 100
  }

  private static func words(
    for component: RiskComponent, _ features: DealFeatures, overall: Double?
  ) -> String? {
    if component.factor == Vocabulary.days {
      return "it is \(features.ageDays) days old"
    }
    if component.factor == Vocabulary.amount {
      return features.amount.map { "it is a large deal of \(Words.amount($0))" }
    }
    guard let value = component.value?.text else { return nil }
    guard let rate = component.winRate, let overall else {
      return component.factor == Vocabulary.stage
        ? "it is \(features.ageDays) days old and still in \(value)" : "its lead source is \(value)"
    }
    // A difference that rounding hides is no reason.
    guard Words.wholePercent(rate) != Words.wholePercent(overall) else { return nil }
    // Appended piece by piece: one allocation for a sentence that is written millions of times a minute.
    var text = ""
    text.reserveCapacity(96)
    if component.factor == Vocabulary.cycleBucket {
      text += "deals with a cycle of "
      text += Words.cycle(CycleBucket(days: features.ageDays))
    } else {
      if component.factor == Vocabulary.stage { text += "deals that end in " }
      text += value
    }
    text += verb(of: component.factor)
    text += Words.percent(rate)
    text += " of "
    text += String(component.deals)
    text += " deals, the team "
    text += Words.percent(overall)
    return text
  }

  private static func verb(of factor: Symbol) -> String {
    if factor == Vocabulary.rep { return " wins " }
    if factor == Vocabulary.leadSource { return " leads are won in " }
    return factor == Vocabulary.industry || factor == Vocabulary.region ? " is won in " : " are won in "
  }
}

/// Numbers as a person writes them.
enum Words {
  /// A share as whole per cent.
  static func percent(_ share: Double) -> String { percents[wholePercent(share)] }

  static func wholePercent(_ share: Double) -> Int { max(0, min(100, Int((share * 100).rounded()))) }

  private static let percents = (0...100).map { "\($0)%" }

  /// An amount in short: $950, $75K, $1.2M.
  static func amount(_ amount: Money) -> String {
    let units = amount.units
    if units >= 999_500 {
      let tenths = Int((units / 100_000).rounded())
      return tenths % 10 == 0 ? "$\(tenths / 10)M" : "$\(tenths / 10).\(tenths % 10)M"
    }
    return units >= 1_000 ? "$\(Int((units / 1_000).rounded()))K" : "$\(Int(units.rounded()))"
  }

  static func cycle(_ bucket: CycleBucket) -> String {
    switch bucket {
    case .fast: "up to 30 days"
    case .medium: "31 to 60 days"
    case .long: "61 to 90 days"
    case .veryLong: "more than 90 days"
    }
  }
}
