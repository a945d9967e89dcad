import Foundation

/// The standard normal distribution.
public enum Normal {
  /// The share below x.
  public static func below(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

  /// The chance of a value at least as far from 0 on either side.
  public static func twoSided(_ z: Double) -> Double { erfc(abs(z) / 2.0.squareRoot()) }

  /// The x below which a share lies; infinite at 0 and 1, NaN outside.
  ///
  /// Wichura's algorithm AS 241 would do as well; this is the rational start of Acklam (2003) with two steps of Halley's
  /// method against `erfc`, which brings it to the last digits.
  public static func quantile(_ share: Double) -> Double {
    guard share > 0, share < 1 else { return share == 0 ? -.infinity : share == 1 ? .infinity : .nan }
    var x = start(share)
    for _ in 0..<2 {
      // Taken from the nearer tail, where no digits are lost.
      let error = x < 0 ? below(x) - share : (1 - share) - below(-x)
      let step = error * (2 * Double.pi).squareRoot() * exp(x * x / 2)
      x -= step / (1 + x * step / 2)
    }
    return x
  }

  private static func start(_ p: Double) -> Double {
    let a = [
      -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02,
      -3.066479806614716e+01, 2.506628277459239e+00,
    ]
    let b = [
      -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01,
      -1.328068155288572e+01, 1,
    ]
    let c = [
      -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00,
      4.374664141464968e+00, 2.938163982698783e+00,
    ]
    let d = [7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00, 1]
    func polynomial(_ coefficients: [Double], _ x: Double) -> Double { coefficients.reduce(0) { $0 * x + $1 } }
    let edge = 0.02425
    if p < edge {
      let q = (-2 * log(p)).squareRoot()
      return polynomial(c, q) / polynomial(d, q)
    }
    if p > 1 - edge {
      let q = (-2 * log1p(-p)).squareRoot()
      return -polynomial(c, q) / polynomial(d, q)
    }
    let (q, r) = (p - 0.5, (p - 0.5) * (p - 0.5))
    return polynomial(a, r) * q / polynomial(b, r)
  }
}

/// Corrections for looking at many things at once.
public enum Multiplicity {
  /// Adjusted p values that hold the chance of any false finding (Holm, 1979), in the order of the input.
  public static func holm(_ values: [Double]) -> [Double] {
    let order = values.indices.sorted { values[$0] < values[$1] }
    var adjusted = values
    var highest = 0.0
    for (rank, index) in order.enumerated() {
      highest = max(highest, min(1, values[index] * Double(values.count - rank)))
      adjusted[index] = highest
    }
    return adjusted
  }
}

/// Whether win rates differ between the levels of a factor.
public struct ContingencyTest: Hashable, Sendable {
  /// Pearson's statistic, without Yates' correction.
  public var chiSquare: Double
  /// Degrees of freedom: levels − 1.
  public var degrees: Int
  /// The chance of a statistic at least as large if the levels did not differ.
  public var p: Double
  /// Cramér's V: the strength, 0 to 1.
  public var cramersV: Double

  /// Tests won and lost deals by level; nil with fewer than two levels, or where all deals ended alike. Pearson (1900),
  /// Cramér (1946).
  public init?(_ levels: [(won: Int, lost: Int)]) {
    let present = levels.filter { $0.won + $0.lost > 0 }
    let (won, lost) = (present.reduce(0) { $0 + $1.won }, present.reduce(0) { $0 + $1.lost })
    guard present.count > 1, won > 0, lost > 0 else { return nil }
    let total = Double(won + lost)
    var sum = 0.0
    for level in present {
      let deals = Double(level.won + level.lost)
      let (expectedWon, expectedLost) = (deals * Double(won) / total, deals * Double(lost) / total)
      sum += (Double(level.won) - expectedWon) * (Double(level.won) - expectedWon) / expectedWon
      sum += (Double(level.lost) - expectedLost) * (Double(level.lost) - expectedLost) / expectedLost
    }
    chiSquare = sum
    degrees = present.count - 1
    p = ChiSquare.tail(sum, degrees: degrees)
    // Two outcomes: the smaller side of the table has one degree.
    cramersV = min(1, (sum / total).squareRoot())
  }
}
