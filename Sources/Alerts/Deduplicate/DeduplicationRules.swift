import Configuration
import Deals

/// When an alert opens, when it is news again, and when it is over.
public struct DeduplicationRules: Hashable, Sendable {
  /// Opens at this tier.
  public var opensAt = RiskTier.high
  /// Closes only below this score.
  public var closesBelow = RiskScore(tenths: 500)
  /// Stays open at least so long.
  public var minimumOpen = Milliseconds(24 * 3_600_000)
  /// Is news again when the score rose by so many points since it was last news.
  public var worsensBy = 5.0
  /// Openings within `flapWindow` from which on a deal counts as flapping.
  public var flapOpenings = 3
  /// See `flapOpenings`. A flapping deal is said once in this time.
  public var flapWindow = Milliseconds(7 * 86_400_000)

  /// Opens at High, closes below 50 after 24 hours, flaps with 3 openings in 7 days.
  public init() {}
}
