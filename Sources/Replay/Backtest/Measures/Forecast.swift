import Deals

/// A chance that was given for a deal, and what became of it.
struct Forecast: Sendable {
  /// The model's chance that the deal is won, 0 to 1.
  var chance: Double
  /// Whether it was won.
  var isWon: Bool
}
