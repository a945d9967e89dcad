import Deals

/// Says in words why a score is as high as it is.
struct Reasons {
  /// How many reasons an event carries at most.
  static let limit = 3

  /// The strongest reasons first: what stands still, then the components by how much they add above the team's rate.
  static func words(
    for assessment: Assessment, _ features: DealFeatures, _ flags: RiskFlags, _ sentences: inout ReasonSentences
  ) -> [String] {
    var reasons: [String] = []
    reasons.reserveCapacity(limit)
    if flags.contains(.stale) {
      reasons.append(sentences.standing(in: features.stage, days: features.daysInStage))
    }
    if flags.contains(.regressed) { reasons.append("it has moved backwards in the funnel") }
    var last: Place?
    while reasons.count < limit, let place = strongest(of: assessment, below: last) {
      last = place
      let component = assessment.components[place.index]
      if let text = words(for: component, features, assessment.overallWinRate, &sentences) { reasons.append(text) }
    }
    return reasons
  }

  /// A component's rank: by what it adds, then by the model's own order, so that the words are the same on every machine.
  private struct Place {
    var excess: Double
    var index: Int

    func ranks(above other: Place) -> Bool {
      excess != other.excess ? excess > other.excess : index < other.index
    }
  }

  /// The component that comes next after `last`, the strongest where there is none. Looked for anew each time: of three
  /// reasons that is cheaper than a sorted list.
  private static func strongest(of assessment: Assessment, below last: Place?) -> Place? {
    var strongest: Place?
    for (index, component) in assessment.components.enumerated() {
      guard let excess = excess(of: component, overall: assessment.overallWinRate) else { continue }
      let place = Place(excess: excess, index: index)
      if let last, !last.ranks(above: place) { continue }
      if let strongest, strongest.ranks(above: place) { continue }
      strongest = place
    }
    return strongest
  }

  /// Points that a component adds because its rate is below the team's; of a rule without a rate, all its points.
  /// Nil where it adds none. Without any outcome yet, rules without a rate are all that can be said, in their order.
  private static func excess(of component: RiskComponent, overall: Double?) -> Double? {
    guard let overall else { return component.winRate == nil ? 0 : nil }
    guard let rate = component.winRate else { return component.contribution > 0 ? component.contribution : nil }
    let excess = component.weight == 1 ? component.contribution : component.weight * (overall - rate) * 100
    return excess > 0 ? excess : nil
  }

  private static func words(
    for component: RiskComponent, _ features: DealFeatures, _ overall: Double?, _ sentences: inout ReasonSentences
  ) -> String? {
    if component.factor == Vocabulary.days {
      return "it is \(features.ageDays) days old"
    }
    if component.factor == Vocabulary.amount {
      return features.amount.map { "it is a large deal of \(Words.amount($0))" }
    }
    guard let value = component.value else { return nil }
    guard let rate = component.winRate, let overall else {
      return component.factor == Vocabulary.stage
        ? "it is \(features.ageDays) days old and still in \(value)" : "its lead source is \(value)"
    }
    let comparison = ReasonSentences.Comparison(
      factor: component.factor, value: value, percent: Words.wholePercent(rate), deals: component.deals,
      overallPercent: Words.wholePercent(overall))
    // A difference that rounding hides is no reason.
    guard comparison.percent != comparison.overallPercent else { return nil }
    return sentences.sentence(comparison) { self.sentence($0, features) }
  }

  private static func sentence(_ comparison: ReasonSentences.Comparison, _ features: DealFeatures) -> String {
    var text = ""
    text.reserveCapacity(96)
    if comparison.factor == Vocabulary.cycleBucket {
      text += "deals with a cycle of "
      text += Words.cycle(CycleBucket(days: features.ageDays))
    } else {
      if comparison.factor == Vocabulary.stage { text += "deals that end in " }
      text += comparison.value.text
    }
    text += verb(of: comparison.factor)
    // One after the other: an interpolation would make a text of its own first.
    text += String(comparison.percent)
    text += "% of "
    text += String(comparison.deals)
    text += " deals, the team "
    text += String(comparison.overallPercent)
    text += "%"
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
  static func percent(_ share: Double) -> String { "\(wholePercent(share))%" }

  static func wholePercent(_ share: Double) -> Int { max(0, min(100, Int((share * 100).rounded()))) }

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
