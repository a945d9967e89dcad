import Deals
import Statistics

/// Whether a factor tells won deals from lost ones.
public struct Driver: Hashable, Sendable {
  /// One value of the factor.
  public struct Level: Hashable, Sendable {
    /// The value.
    public var value: Symbol
    /// Its deals.
    public var tally: Tally
  }

  /// The factor.
  public var dimension: Dimension
  /// The test; nil where there is nothing to compare.
  public var test: ContingencyTest?
  /// Its values, by name.
  public var levels: [Level]

  /// The driver of a factor.
  public init(_ dimension: Dimension, _ deals: [ClosedDeal]) {
    self.dimension = dimension
    var tallies: [Symbol: Tally] = [:]
    for deal in deals {
      if let value = dimension.value(of: deal) { tallies[value, default: Tally()].count(deal) }
    }
    levels = tallies.map { Level(value: $0.key, tally: $0.value) }.sorted { $0.value.text < $1.value.text }
    test = ContingencyTest(levels.map { ($0.tally.won, $0.tally.lost) })
  }

  /// All factors, the strongest first.
  public static func all(_ deals: [ClosedDeal]) -> [Driver] {
    Dimension.allCases.map { Driver($0, deals) }
      .sorted { ($0.test?.p ?? 2, $0.dimension.rawValue) < ($1.test?.p ?? 2, $1.dimension.rawValue) }
  }
}

/// How deals went that share the values of several dimensions.
public struct Combination: Hashable, Sendable {
  /// The values, in the order of the dimensions.
  public var values: [Symbol]
  /// The deals.
  public var tally: Tally
  /// How probable a departure from the overall rate as far as this is by chance.
  public var p: Double
  /// The same, corrected for looking at every combination (Holm).
  public var correctedP: Double

  /// won / (won + lost).
  public var winRate: Double { tally.winRate ?? 0 }

  /// Every combination with at least so many deals, lowest rate first; equal rates go to more deals, then by name.
  public static func all(
    _ deals: [ClosedDeal], _ dimensions: [Dimension], minimumDeals: Int
  ) -> [Combination] {
    guard let overall = Tally(deals).winRate else { return [] }
    var tallies: [[Symbol]: Tally] = [:]
    for deal in deals {
      let values = dimensions.compactMap { $0.value(of: deal) }
      if values.count == dimensions.count { tallies[values, default: Tally()].count(deal) }
    }
    var found = tallies.filter { $0.value.deals >= minimumDeals }.map { values, tally in
      let p = tally.departure(from: overall)
      return Combination(values: values, tally: tally, p: p, correctedP: p)
    }
    let corrected = Multiplicity.holm(found.map(\.p))
    for index in found.indices { found[index].correctedP = corrected[index] }
    return found.sorted { left, right in
      if left.winRate != right.winRate { return left.winRate < right.winRate }
      if left.tally.deals != right.tally.deals { return left.tally.deals > right.tally.deals }
      return left.values.map(\.text).lexicographicallyPrecedes(right.values.map(\.text))
    }
  }

  /// Industry, lead source and cycle.
  public static let dimensions: [Dimension] = [.industry, .leadSource, .cycleBucket]
}
