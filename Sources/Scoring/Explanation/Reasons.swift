import Deals

/// Says why a score is as high as it is.
struct Reasons: Sendable {
  private let words = Vocabulary.shared

  /// How many reasons an event carries at most.
  static let limit = 3

  /// The strongest reasons first: what stands still, then the components by how much they add above the team's rate.
  func of(_ assessment: Assessment, _ features: DealFeatures, _ flags: RiskFlags) -> [RiskReason] {
    var reasons: [RiskReason] = []
    reasons.reserveCapacity(Self.limit)
    if flags.contains(.stale) { reasons.append(.standing(features.stage, days: features.daysInStage)) }
    if flags.contains(.regressed) { reasons.append(.regressed) }
    var last: Place?
    while reasons.count < Self.limit, let place = Self.strongest(of: assessment, below: last) {
      last = place
      let component = assessment.components[place.index]
      if let reason = reason(component, features, assessment.overallWinRate) { reasons.append(reason) }
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
    for index in assessment.components.indices {
      guard let excess = excess(of: assessment.components[index], overall: assessment.overallWinRate) else { continue }
      let place = Place(excess: excess, index: index)
      if let last, !last.ranks(above: place) { continue }
      if let strongest, strongest.ranks(above: place) { continue }
      strongest = place
    }
    return strongest
  }

  /// Points that a component adds because its rate is below the team's; of a rule without a rate, all its points.
  /// Nil where it adds none. Without any outcome yet, rules without a rate are all that can be said, in their order.
  @inline(__always)
  private static func excess(of component: RiskComponent, overall: Double?) -> Double? {
    guard let overall else { return component.winRate == nil ? 0 : nil }
    guard let rate = component.winRate else { return component.contribution > 0 ? component.contribution : nil }
    let excess = component.weight == 1 ? component.contribution : component.weight * (overall - rate) * 100
    return excess > 0 ? excess : nil
  }

  /// What a component says; nil where it says nothing, or rounding hides the difference.
  private func reason(_ component: RiskComponent, _ features: DealFeatures, _ overall: Double?) -> RiskReason? {
    if component.factor == words.days { return .old(days: features.ageDays) }
    if component.factor == words.amount { return features.amount.map { .large($0) } }
    guard let value = component.value else { return nil }
    guard let rate = component.winRate, let overall else {
      return component.factor == words.stage ? .stuck(value, days: features.ageDays) : .leadSource(value)
    }
    let comparison = RiskReason.WinRate(
      words.dimension(of: component.factor), value, cycle: CycleBucket(days: features.ageDays), rate: rate,
      deals: component.deals, teamRate: overall)
    return comparison.tells ? .winRate(comparison) : nil
  }
}
