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
    interval(share: Double(hits) / Double(tries), of: tries, confidence: confidence)
  }

  /// The same of a share, 0 to 1, that need not be a whole number of tries.
  public static func interval(share: Double, of tries: Int, confidence: Double = 0.95) -> ClosedRange<Double>? {
    guard tries > 0 else { return nil }
    let (hits, misses) = (share * Double(tries), (1 - share) * Double(tries))
    let tail = (1 - confidence) / 2
    let low = hits <= 0 ? 0 : Beta.quantile(hits, misses + 1, tail)
    let high = misses <= 0 ? 1 : Beta.quantile(hits + 1, misses, 1 - tail)
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

/// The hypergeometric distribution.
public enum Hypergeometric {
  /// Fisher's exact test, one-sided (1935): the chance of at least so many hits among some tries where they and the others
  /// are hit equally often, given how often both were hit together.
  public static func upperTail(_ hits: Int, of tries: Int, besides otherHits: Int, of otherTries: Int) -> Double {
    let (all, total) = (hits + otherHits, tries + otherTries)
    let (least, most) = (max(0, all - otherTries), min(tries, all))
    if hits <= least { return 1 }
    if hits > most { return 0 }
    func choose(_ n: Int, _ k: Int) -> Double {
      Gamma.logarithm(Double(n + 1)) - Gamma.logarithm(Double(k + 1)) - Gamma.logarithm(Double(n - k + 1))
    }
    func chance(_ k: Int) -> Double { exp(choose(all, k) + choose(total - all, tries - k) - choose(total, tries)) }
    /// The chance of k + 1 hits divided by that of k.
    func ratio(_ k: Int) -> Double {
      Double(all - k) * Double(tries - k) / (Double(k + 1) * Double(otherTries - all + k + 1))
    }
    // Added up away from the likeliest number of hits, where the terms grow smaller: none is lost by underflow.
    let isAbove = Double(hits) * Double(total) > Double(tries) * Double(all)
    var term = chance(isAbove ? hits : hits - 1)
    var sum = term
    if isAbove {
      for k in hits..<most {
        term *= ratio(k)
        sum += term
      }
      return min(1, sum)
    }
    for k in (least..<hits - 1).reversed() {
      term /= ratio(k)
      sum += term
    }
    return max(0, 1 - sum)
  }
}
