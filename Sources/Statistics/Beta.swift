import Foundation

/// The incomplete beta function and what rests on it.
public enum Beta {
  /// ln B(a, b), for both above 0.
  public static func logarithm(_ a: Double, _ b: Double) -> Double { lgamma(a) + lgamma(b) - lgamma(a + b) }

  /// I_x(a, b): the share of a beta distribution below x, from 0 to 1.
  ///
  /// A continued fraction (Lentz), mirrored where it converges faster. Source: Numerical Recipes, third edition, 6.4; DLMF
  /// 8.17.22.
  ///
  /// - Returns: NaN unless a and b are above 0 and x lies in 0...1.
  public static func incomplete(_ a: Double, _ b: Double, _ x: Double) -> Double {
    guard a > 0, b > 0, (0...1).contains(x) else { return .nan }
    if x == 0 || x == 1 { return x }
    let front = exp(a * log(x) + b * log1p(-x) - logarithm(a, b))
    return x < (a + 1) / (a + b + 2) ? front * fraction(a, b, x) / a : 1 - front * fraction(b, a, 1 - x) / b
  }

  /// The x below which a share of a beta distribution lies: bisection, so that it always ends.
  public static func quantile(_ a: Double, _ b: Double, _ share: Double) -> Double {
    guard a > 0, b > 0, (0...1).contains(share) else { return .nan }
    var (low, high) = (0.0, 1.0)
    for _ in 0..<200 {
      let middle = (low + high) / 2
      if middle == low || middle == high { break }
      if incomplete(a, b, middle) < share { low = middle } else { high = middle }
    }
    return (low + high) / 2
  }

  private static func fraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    let tiny = 1e-300
    func apart(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
    var c = 1.0
    var d = 1 / apart(1 - (a + b) * x / (a + 1))
    var h = d
    for m in 1..<10_000 {
      let i = Double(m)
      let even = i * (b - i) * x / ((a + 2 * i - 1) * (a + 2 * i))
      d = 1 / apart(1 + even * d)
      c = apart(1 + even / c)
      h *= d * c
      let odd = -(a + i) * (a + b + i) * x / ((a + 2 * i) * (a + 2 * i + 1))
      d = 1 / apart(1 + odd * d)
      c = apart(1 + odd / c)
      let delta = d * c
      h *= delta
      if abs(delta - 1) < 1e-16 { break }
    }
    return h
  }
}

/// The binomial distribution.
public enum Binomial {
  /// The chance of at least `hits` in so many tries.
  public static func upperTail(_ hits: Int, of tries: Int, chance: Double) -> Double {
    if hits <= 0 { return 1 }
    if hits > tries { return 0 }
    return Beta.incomplete(Double(hits), Double(tries - hits + 1), chance)
  }

  /// The exact interval of Clopper and Pearson (1934) for a share; nil without tries.
  public static func interval(_ hits: Int, of tries: Int, confidence: Double = 0.95) -> ClosedRange<Double>? {
    guard tries > 0 else { return nil }
    let tail = (1 - confidence) / 2
    let low = hits == 0 ? 0 : Beta.quantile(Double(hits), Double(tries - hits + 1), tail)
    let high = hits == tries ? 1 : Beta.quantile(Double(hits + 1), Double(tries - hits), 1 - tail)
    return low...high
  }

  /// The interval of Wilson (1927) for a share; nil without tries.
  public static func wilson(_ hits: Int, of tries: Int, confidence: Double = 0.95) -> ClosedRange<Double>? {
    guard tries > 0 else { return nil }
    let (n, z) = (Double(tries), Normal.quantile(0.5 + confidence / 2))
    let p = Double(hits) / n
    let scale = 1 + z * z / n
    let middle = (p + z * z / (2 * n)) / scale
    let half = z * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot() / scale
    return max(0, middle - half)...min(1, middle + half)
  }
}
