import Foundation

/// How much speaks for a change of a win rate, and since when: a Shiryaev–Roberts e-detector.
///
/// For each week in which a change may have begun it compares how well the deals since are foretold by a new rate and by
/// the old one. Both rates are unknown, and both are averaged over what they may be: the old one over the beta posterior of
/// everything before and since (no change), the new one over a beta around the rate before, with the weight of
/// `concentration` deals. The ratio is a likelihood ratio of two predictions, so its mean is 1 while nothing has changed;
/// the sum over all possible beginnings grows by 1 with each deal on average, and the mean number of deals until it first
/// passes a threshold is at least that threshold.
///
/// Sources: Shiryaev (1963), Roberts (1966); mixtures: Pollak (1978), Lai (1998); the bound for mixtures and composite
/// hypotheses: Shin, Ramdas and Rinaldo, "E-detectors" (New England Journal of Statistics in Data Science, 2023). That the
/// old rate is averaged over a prior, instead of known, makes the bound one on average over that prior; docs/trends.md has
/// the measured rates of false alarms.
public struct ChangeEvidence: Hashable, Sendable {
  /// The sum of the ratios: compared with the mean number of deals between two false alarms.
  public var sum: Double
  /// The week in which a change most likely began.
  public var likelyWeek: Int
  /// The weeks between which it began with 95% of the evidence.
  public var weeks: ClosedRange<Int>

  /// Deals that the prior of a new rate weighs: it then lies within ±20 points of the old one in 19 of 20 cases.
  static let concentration = 24.0
  /// The prior of a rate before any deal: as if two had been won and two lost.
  static let prior = 2.0

  /// The evidence at the end of a week; nil where there are too few deals for a baseline.
  ///
  /// - Parameters:
  ///   - tallies: The segment's deals.
  ///   - week: The last week, itself included.
  ///   - minimumBaselineDeals: Deals that must lie before a beginning.
  public init?(_ tallies: WeeklyTallies, through week: Int, minimumBaselineDeals: Int) {
    let end = week + 1
    var (sinceWon, sinceLost) = (0.0, 0.0)
    let all = tallies.tally(tallies.first..<end)
    let (allWon, allLost) = (Double(all.won), Double(all.lost))
    let whole = logBeta(Self.prior + allWon, Self.prior + allLost)
    var ratios: [(week: Int, value: Double)] = []
    var start = week
    while start > tallies.first {
      // Beginnings further back lie further apart: an old change is found as well by its neighbours.
      let step = week - start < 26 ? 1 : week - start < 52 ? 2 : 4
      var weight = 0.0
      for each in max(tallies.first + 1, start - step + 1)...start {
        let (won, lost) = tallies.week(each)
        sinceWon += Double(won)
        sinceLost += Double(lost)
        weight += Double(won + lost)
      }
      let first = max(tallies.first + 1, start - step + 1)
      let (beforeWon, beforeLost) = (allWon - sinceWon, allLost - sinceLost)
      if beforeWon + beforeLost < Double(minimumBaselineDeals) { break }
      if weight > 0 {
        let unchanged = whole - logBeta(Self.prior + beforeWon, Self.prior + beforeLost)
        let rate = (Self.prior + beforeWon) / (2 * Self.prior + beforeWon + beforeLost)
        let (a, b) = (Self.concentration * rate, Self.concentration * (1 - rate))
        let changed = logBeta(a + sinceWon, b + sinceLost) - logBeta(a, b)
        ratios.append((first, weight * exp(min(changed - unchanged, 600))))
      }
      start -= step
    }
    guard !ratios.isEmpty else { return nil }
    sum = ratios.reduce(0) { $0 + $1.value }
    likelyWeek = ratios.max { $0.value < $1.value }?.week ?? week
    weeks = Self.interval(ratios, sum)
  }

  /// The shortest run of weeks around the likeliest that holds 95% of the evidence.
  private static func interval(_ ratios: [(week: Int, value: Double)], _ sum: Double) -> ClosedRange<Int> {
    let ordered = ratios.sorted { $0.week < $1.week }
    guard let top = ordered.indices.max(by: { ordered[$0].value < ordered[$1].value }) else { return 0...0 }
    var (low, high) = (top, top)
    var held = ordered[top].value
    while held < 0.95 * sum, low > 0 || high < ordered.count - 1 {
      let below = low > 0 ? ordered[low - 1].value : -1
      let above = high < ordered.count - 1 ? ordered[high + 1].value : -1
      if below >= above {
        low -= 1
        held += below
      } else {
        high += 1
        held += above
      }
    }
    return ordered[low].week...ordered[high].week
  }
}

/// ln B(a, b) by Stirling's series: the detector asks hundreds of times for each deal, and the last digits do not matter to
/// it. Absolute error below 1e-8 (DLMF 5.11.1; arguments below 7 are raised by the recurrence).
private func logBeta(_ a: Double, _ b: Double) -> Double { logGamma(a) + logGamma(b) - logGamma(a + b) }

private func logGamma(_ x: Double) -> Double {
  var (x, shift) = (x, 1.0)
  while x < 7 {
    shift *= x
    x += 1
  }
  let inverse = 1 / x
  let series = inverse * (1.0 / 12 - inverse * inverse * (1.0 / 360 - inverse * inverse / 1_260))
  return (x - 0.5) * log(x) - x + 0.918_938_533_204_672_7 + series - (shift == 1 ? 0 : log(shift))
}
