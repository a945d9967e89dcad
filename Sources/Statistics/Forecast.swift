/// A chance that was given for a deal, and what became of it.
public struct Forecast: Sendable {
  /// The model's chance that the deal is won, 0 to 1.
  public var chance: Double
  /// Whether it was won.
  public var isWon: Bool

  /// A chance and its outcome.
  public init(chance: Double, isWon: Bool) {
    self.chance = chance
    self.isWon = isWon
  }
}
