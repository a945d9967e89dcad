/// Deals won and lost.
struct OutcomeCount {
  var won: Int32 = 0
  var lost: Int32 = 0

  /// None.
  init() {}

  /// Those of a tally.
  @inline(__always)
  init(_ tally: OutcomeTally) { (won, lost) = (tally.won, tally.lost) }

  var deals: Int { Int(won) + Int(lost) }

  /// won / (won + lost), nil while there are none.
  var winRate: Double? { deals > 0 ? Double(won) / Double(deals) : nil }

  @inline(__always)
  static func + (left: OutcomeCount, right: OutcomeCount) -> OutcomeCount {
    var sum = left
    sum.won &+= right.won
    sum.lost &+= right.lost
    return sum
  }
}
