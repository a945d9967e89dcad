import Foundation

/// A small, fast generator whose sequence is the same everywhere. Not for secrets.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// A generator from a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number in 0..<1.
  public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Whether a chance came true.
  public mutating func happens(_ chance: Double) -> Bool { uniform() < chance }

  /// A number in 0..<bound.
  public mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

  /// A waiting time of that mean, exponentially distributed.
  public mutating func waiting(mean: Double) -> Double { -mean * log(1 - uniform()) }

  /// A number of that mean and spread, normally distributed (Box and Muller, 1958).
  public mutating func normal(mean: Double = 0, deviation: Double = 1) -> Double {
    mean + deviation * (-2 * log(1 - uniform())).squareRoot() * cos(2 * .pi * uniform())
  }
}
