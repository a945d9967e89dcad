import Deals

/// A rep with the win rate by which reps are compared.
public struct RankedRep: Hashable, Sendable {
  /// The rep.
  public var rep: Symbol
  /// won / (won + lost).
  public var winRate: Double
  /// Deals behind it.
  public var deals: Int

  func ranks(above other: RankedRep) -> Bool {
    if winRate != other.winRate { return winRate > other.winRate }
    if deals != other.deals { return deals > other.deals }
    return rep.text < other.rep.text
  }
}

/// Keeps what comparisons of reps gave until the counts change: most scores between two closed deals ask the same.
struct RepRanking: Sendable {
  struct Query: Hashable {
    var window: BaselineWindow
    var minimumDeals: Int
    var industry: Symbol?
  }

  private var version = -1
  /// Looked through: nobody asks more than one or two questions of all reps.
  private var bottomFifths: [(query: Query, rate: Double?)] = []
  private var bests: [Query: RankedRep?] = [:]

  func bottomFifth(_ query: Query, version: Int) -> (rate: Double?, ())? {
    guard version == self.version, let known = bottomFifths.first(where: { $0.query == query }) else { return nil }
    return (known.rate, ())
  }

  func best(_ query: Query, version: Int) -> (rep: RankedRep?, ())? {
    guard version == self.version, let known = bests[query] else { return nil }
    return (known, ())
  }

  mutating func keepBottomFifth(of rates: [Double], _ query: Query, version: Int) -> Double? {
    forget(before: version)
    let quantile = Self.quantile(0.2, of: rates)
    bottomFifths.append((query, quantile))
    return quantile
  }

  mutating func keepBest(_ best: RankedRep?, _ query: Query, version: Int) -> RankedRep? {
    forget(before: version)
    bests[query] = .some(best)
    return best
  }

  private mutating func forget(before newVersion: Int) {
    guard newVersion != version else { return }
    version = newVersion
    bottomFifths.removeAll(keepingCapacity: true)
    bests.removeAll(keepingCapacity: true)
  }

  /// The quantile by linear interpolation between order statistics (type 7 of Hyndman and Fan, 1996; pandas' default).
  static func quantile(_ share: Double, of values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    let place = share * Double(sorted.count - 1)
    let lower = Int(place)
    guard lower + 1 < sorted.count else { return sorted[lower] }
    return sorted[lower] + (place - Double(lower)) * (sorted[lower + 1] - sorted[lower])
  }
}
