import Deals
import Statistics

/// Deals won and lost.
public struct Tally: Hashable, Sendable {
  /// Deals won.
  public var won = 0
  /// Deals lost.
  public var lost = 0

  /// None.
  public init() {}

  /// The tally of some deals.
  public init(_ deals: some Sequence<ClosedDeal>) {
    for deal in deals { count(deal) }
  }

  /// Counts a deal.
  public mutating func count(_ deal: ClosedDeal) { count(deal.outcome) }

  /// Counts an outcome.
  public mutating func count(_ outcome: Outcome) {
    if outcome == .won { won += 1 } else { lost += 1 }
  }

  /// Takes a deal back that was counted.
  mutating func takeBack(_ deal: ClosedDeal) {
    if deal.outcome == .won { won -= 1 } else { lost -= 1 }
  }

  /// All of them.
  public var deals: Int { won + lost }
  /// won / (won + lost), nil while there are none.
  public var winRate: Double? { deals > 0 ? Double(won) / Double(deals) : nil }
  /// Wilson's interval for the true rate, 95%; nil while there are none.
  public var interval: ClosedRange<Double>? { Binomial.wilson(won, of: deals) }

  /// By how much the rate differs from an earlier one, with the 95% interval of the difference; nil where either has no
  /// deals. Newcombe (1998), method 10: the square-and-add of Wilson's intervals.
  public func change(from earlier: Tally) -> (difference: Double, interval: ClosedRange<Double>)? {
    guard let now = winRate, let then = earlier.winRate, let own = interval, let old = earlier.interval else {
      return nil
    }
    func root(_ left: Double, _ right: Double) -> Double { (left * left + right * right).squareRoot() }
    let difference = now - then
    let low = difference - root(now - own.lowerBound, old.upperBound - then)
    let high = difference + root(own.upperBound - now, then - old.lowerBound)
    return (difference, low...high)
  }

  /// The chance that a segment of this size departs from a rate as far as it does, on either side.
  public func departure(from rate: Double) -> Double {
    let high = Binomial.upperTail(won, of: deals, chance: rate)
    let low = 1 - Binomial.upperTail(won + 1, of: deals, chance: rate)
    // 1 − a tail may be a hair below 0.
    return max(0, min(1, 2 * min(high, low)))
  }
}

/// A quarter of a year, by when deals closed.
public struct Quarter: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The year.
  public var year: Int
  /// 1 to 4.
  public var number: Int

  /// The quarter of a month.
  public init(year: Int, month: Int) { (self.year, number) = (year, (month - 1) / 3 + 1) }

  /// The quarter of an instant in UTC.
  public init(_ instant: Timestamp) {
    let civil = instant.day.civil
    self.init(year: civil.year, month: civil.month)
  }

  /// Such as 2024Q2.
  public var description: String { "\(year)Q\(number)" }

  /// Quarters order by time.
  public static func < (left: Quarter, right: Quarter) -> Bool {
    (left.year, left.number) < (right.year, right.number)
  }
}

extension ClosedDeal {
  /// Dollars for each day of the cycle; nil without an amount. A deal that closed on its first day counts one day.
  public var velocity: Double? { amount.map { $0.units / Double(max(1, cycleDays)) } }
}

/// The mean of what there is; nil of nothing.
func mean(_ values: some Collection<Double>) -> Double? {
  values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
}

/// The middle value, the mean of the middle two; nil of nothing.
func median(_ values: [Double]) -> Double? {
  guard !values.isEmpty else { return nil }
  let sorted = values.sorted()
  let middle = sorted.count / 2
  return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/// The standard deviation of a sample (n − 1); nil of fewer than two.
func deviation(_ values: [Double]) -> Double? {
  guard values.count > 1, let mean = mean(values) else { return nil }
  return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
}
