import Foundation

/// The incomplete gamma function and what rests on it.
public enum Gamma {
  /// The natural logarithm of Γ(x), for x above 0.
  public static func logarithm(_ x: Double) -> Double { lgamma(x) }

  /// Q(a, x) = Γ(a, x) / Γ(a): the upper tail of a gamma distribution of shape `a`, from 0 to 1.
  ///
  /// A series below a + 1, a continued fraction (Lentz) above it. Source: Numerical Recipes, third edition, 6.2; DLMF 8.9.
  ///
  /// - Parameters:
  ///   - a: Above 0.
  ///   - x: 0 or more.
  /// - Returns: NaN outside of those ranges.
  public static func upper(_ a: Double, _ x: Double) -> Double {
    guard a > 0, x >= 0 else { return .nan }
    if x == 0 { return 1 }
    return x < a + 1 ? 1 - series(a, x) : fraction(a, x)
  }

  private static func series(_ a: Double, _ x: Double) -> Double {
    var (term, sum, n) = (1 / a, 1 / a, a)
    for _ in 0..<10_000 {
      n += 1
      term *= x / n
      sum += term
      if abs(term) < abs(sum) * 1e-17 { break }
    }
    return sum * exp(-x + a * log(x) - lgamma(a))
  }

  private static func fraction(_ a: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    var b = x + 1 - a
    var c = 1 / tiny
    var d = 1 / b
    var h = d
    for i in 1..<10_000 {
      let numerator = -Double(i) * (Double(i) - a)
      b += 2
      d = numerator * d + b
      if abs(d) < tiny { d = tiny }
      c = b + numerator / c
      if abs(c) < tiny { c = tiny }
      d = 1 / d
      let delta = d * c
      h *= delta
      if abs(delta - 1) < 1e-16 { break }
    }
    return h * exp(-x + a * log(x) - lgamma(a))
  }
}

/// The chi-square distribution.
public enum ChiSquare {
  /// The chance of a value of at least `x` with so many degrees of freedom; NaN below one degree or below 0.
  public static func tail(_ x: Double, degrees: Int) -> Double { Gamma.upper(Double(degrees) / 2, x / 2) }
}
