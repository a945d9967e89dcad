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
  /// Reps' deals whose stage changed in the last quarter.
  private(set) var moves: [Symbol: [DealID: Moves]] = [:]

  /// When a deal moved in the funnel.
  struct Moves: Hashable, Sendable {
    /// The moves in either direction.
    var all: [Timestamp] = []
    /// The moves backwards.
    var back: [Timestamp] = []

    /// Whether it went backwards at least once.
    var isBack: Bool { !back.isEmpty }
  }

  mutating func observe(_ score: PipelineScore) {
    let day = score.occurredAt.day
    let before = deals[score.dealID]
    let wasRisky = before.map { $0.tier >= .high } ?? false
    if score.tier >= .high, !wasRisky { risky[day, default: 0] += 1 }
    if let rep = score.descriptors.rep, score.trigger == .stageChange {
      var own = moves[rep]?[score.dealID] ?? Moves()
      own.all.append(score.occurredAt)
      // The flag stays with a deal that ever went backwards: it decides only where the stage before is not known.
      if before.map({ score.stage < $0.stage }) ?? score.flags.contains(.regressed) {
        own.back.append(score.occurredAt)
      }
      moves[rep, default: [:]][score.dealID] = own
    }
    deals[score.dealID] = OpenDeal(
      descriptors: score.descriptors, stage: score.stage, amount: score.amount, tier: score.tier, scoredOn: day,
      flags: score.flags, createdOn: score.createdOn)
  }

  mutating func remove(_ id: DealID) { deals[id] = nil }

  mutating func forgetRisky(before day: Day) { risky = risky.filter { $0.key >= day } }

  /// Forgets moves before an instant.
  mutating func forgetMoves(before instant: Timestamp) {
    moves = moves.compactMapValues { deals in
      let kept = deals.compactMapValues { moves -> Moves? in
        let all = moves.all.filter { $0 >= instant }
        return all.isEmpty ? nil : Moves(all: all, back: moves.back.filter { $0 >= instant })
      }
      return kept.isEmpty ? nil : kept
    }
  }

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
