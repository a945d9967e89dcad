import Deals

/// Closed deals of one segment, counted and summed in whole numbers, so that adding and taking back is exact.
public struct OutcomeTally: Hashable, Sendable {
  /// Deals won.
  public var won: Int32 = 0
  /// Deals lost.
  public var lost: Int32 = 0
  /// Sum of the amounts of won deals, in cents.
  public var wonCents: Int64 = 0
  /// Sum of the amounts of lost deals, in cents.
  public var lostCents: Int64 = 0
  /// Sum of the cycles of won deals, in days.
  public var wonCycleDays: Int64 = 0
  /// Sum of the cycles of lost deals, in days.
  public var lostCycleDays: Int64 = 0

  /// Nothing counted.
  public init() {}

  /// Deals won and lost.
  public var deals: Int { Int(won) + Int(lost) }

  /// won / (won + lost), nil while there are none.
  public var winRate: Double? { deals > 0 ? Double(won) / Double(deals) : nil }

  /// Mean cycle of all deals in days, nil while there are none.
  public var meanCycleDays: Double? { deals > 0 ? Double(wonCycleDays + lostCycleDays) / Double(deals) : nil }

  /// One deal, `sign` times: 1 for a deal that counts, −1 for one that is taken back.
  init(_ deal: ClosedDeal, sign: Int32) {
    let cents = Int64(sign) &* (deal.amount?.cents ?? 0)
    let cycle = Int64(sign) &* Int64(deal.cycleDays)
    if deal.outcome == .won {
      (won, wonCents, wonCycleDays) = (sign, cents, cycle)
    } else {
      (lost, lostCents, lostCycleDays) = (sign, cents, cycle)
    }
  }

  /// The two together.
  static func + (left: OutcomeTally, right: OutcomeTally) -> OutcomeTally {
    var sum = left
    sum.add(right)
    return sum
  }

  /// Counts another tally with this one. A sum that does not fit wraps round, so that taking back stays exact, and all six
  /// are added without a branch: this is done for every segment of every outcome.
  @inline(__always)
  mutating func add(_ other: OutcomeTally) {
    won &+= other.won
    lost &+= other.lost
    wonCents &+= other.wonCents
    lostCents &+= other.lostCents
    wonCycleDays &+= other.wonCycleDays
    lostCycleDays &+= other.lostCycleDays
  }

  /// Takes another tally back out of this one.
  @inline(__always)
  mutating func subtract(_ other: OutcomeTally) {
    won &-= other.won
    lost &-= other.lost
    wonCents &-= other.wonCents
    lostCents &-= other.lostCents
    wonCycleDays &-= other.wonCycleDays
    lostCycleDays &-= other.lostCycleDays
  }
}
