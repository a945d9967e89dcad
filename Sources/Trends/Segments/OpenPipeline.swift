import Deals

/// The open deals, as their last scores tell.
struct OpenPipeline: Sendable {
  struct OpenDeal: Sendable {
    var descriptors: Descriptors
    var stage: Stage
    var amount: Money?
    var tier: RiskTier
    var scoredOn: Day
    var flags: RiskFlags
    var createdOn: Day
  }

  private(set) var deals: [DealID: OpenDeal] = [:]
  /// Deals that became High or Critical, by day.
  private(set) var risky: [Day: Int] = [:]
  /// Reps' deals whose stage changed in the last weeks, and those of them that went backwards.
  private(set) var moves: [Symbol: [DealID: Bool]] = [:]

  mutating func observe(_ event: RiskEvent) {
    let day = event.occurredAt.day
    let wasRisky = deals[event.dealID].map { $0.tier >= .high } ?? false
    if event.tier >= .high, !wasRisky { risky[day, default: 0] += 1 }
    if let rep = event.descriptors.rep, event.trigger == .stageChange {
      moves[rep, default: [:]][event.dealID] = event.flags.contains(.regressed)
    }
    deals[event.dealID] = OpenDeal(
      descriptors: event.descriptors, stage: event.stage, amount: event.amount, tier: event.tier, scoredOn: day,
      flags: event.flags, createdOn: event.occurredAt.adding(days: -event.ageDays).day)
  }

  mutating func remove(_ id: DealID) { deals[id] = nil }

  mutating func forgetRisky(before day: Day) { risky = risky.filter { $0.key >= day } }
  mutating func forgetMoves() { moves = [:] }

  /// Open deals of a segment and what they are worth.
  func total(in segment: Segment) -> (deals: Int, amount: Money) {
    var (count, sum) = (0, Money.zero)
    for deal in deals.values where Self.contains(deal, segment) {
      count += 1
      sum = sum + (deal.amount ?? .zero)
    }
    return (count, sum)
  }

  private static func contains(_ deal: OpenDeal, _ segment: Segment) -> Bool {
    segment.parts.allSatisfy { part in
      switch part.dimension {
      case .rep: deal.descriptors.rep == part.value
      case .industry: deal.descriptors.industry == part.value
      case .region: deal.descriptors.region == part.value
      case .productType: deal.descriptors.productType == part.value
      case .leadSource: deal.descriptors.leadSource == part.value
      case .stage: deal.stage.name == part.value.text
      case .sizeBucket: deal.amount.map { SizeBucket($0).name == part.value.text } ?? false
      // The cycle of an open deal is not known yet.
      case .cycleBucket: false
      }
    }
  }
}
