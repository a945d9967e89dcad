import Foundation

/// Made-up weeks of one segment whose true win rate is known, for judging detectors. Seeded: the same seed, the same weeks.
public struct SegmentSimulator: Sendable {
  /// How the true win rate runs over time.
  public enum Truth: Sendable {
    /// It stays.
    case steady
    /// It falls by so many points at a week.
    case drop(points: Double, week: Int)
    /// It falls by so many points over a year from a week on.
    case drift(points: Double, week: Int)
    /// It swings by so many points up in the last three weeks of each quarter of 13 weeks, and down in the others.
    case season(points: Double)

    func rate(_ week: Int) -> Double {
      let base = 0.45
      return switch self {
      case .steady: base
      case .drop(let points, let start): week >= start ? base - points / 100 : base
      case .drift(let points, let start): base - points / 100 * min(1, max(0, Double(week - start) / 52))
      case .season(let points): base + (week % 13 >= 10 ? points : -points * 0.3) / 100
      }
    }
  }

  private var state: UInt64
  private let dealsPerWeek: Double
  private let truth: Truth
  private var next = 0

  /// Weeks of so many deals on average (Poisson).
  public init(seed: UInt64, dealsPerWeek: Double, truth: Truth) {
    self.dealsPerWeek = dealsPerWeek
    self.truth = truth
    // Mixed, as neighbouring states of the generator would give the same numbers one step apart.
    state = seed
    state = mixed() ^ seed.byteSwapped
  }

  /// The next week's deals.
  public mutating func week() -> (won: Int, lost: Int) {
    let (count, rate) = (poisson(), truth.rate(next))
    next += 1
    var won = 0
    for _ in 0..<count where uniform() < rate { won += 1 }
    return (won, count - won)
  }

  /// By counting exponential gaps: exact for every mean.
  private mutating func poisson() -> Int {
    var (sum, count) = (0.0, -1)
    repeat {
      sum -= log(1 - uniform())
      count += 1
    } while sum < dealsPerWeek
    return count
  }

  /// Source: splitmix64 (Sebastiano Vigna, public domain).
  private mutating func mixed() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  private mutating func uniform() -> Double { Double(mixed() >> 11) / 9_007_199_254_740_992 }
}
