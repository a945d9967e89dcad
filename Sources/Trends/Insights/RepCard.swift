import Deals
import Statistics

/// How a rep does, beside the team.
public struct RepCard: Hashable, Sendable {
  /// Level and steadiness together.
  public enum Quadrant: String, CaseIterable, Hashable, Sendable {
    /// Above the team's rate, and steadier than half of the reps.
    case steadyWinner = "steady_winner"
    /// Above the team's rate, with ups and downs.
    case unsteadyWinner = "unsteady_winner"
    /// Below the team's rate, and steadily so.
    case steadyBelow = "steady_below"
    /// Below the team's rate, with ups and downs.
    case unsteadyBelow = "unsteady_below"
  }

  /// Deals that a quarter needs to count for steadiness.
  public static let minimumQuarterDeals = 5

  /// Who.
  public var rep: Symbol
  /// The rep's deals.
  public var tally: Tally
  /// How probable a departure from the team's rate as far as this is by chance.
  public var p: Double
  /// The standard deviation of the quarterly win rates (n − 1), over quarters with at least five deals; nil with fewer than
  /// two such quarters.
  public var consistencyIndex: Double?
  /// Where the rep stands; nil without an index, and where the team won or lost all: nobody is above or below it then.
  public var quadrant: Quadrant?
  /// Mean velocity in dollars a day; nil without amounts.
  public var velocity: Double?
  /// Win rate by quarter.
  public var quarters: [Quarter: Tally]
  /// Points by which the win rate of the last two quarters differs from that of those before; nil with fewer than three. A
  /// quarter needs five deals, and one that is not over does not count.
  public var trendPoints: Double?
  /// A rep with the highest rate in this one's weakest industry, among those with at least 15 deals there; nil where there
  /// is nobody better.
  public var pairWith: Symbol?

  /// Every rep, highest rate first; equal rates by name.
  ///
  /// - Parameters:
  ///   - running: The quarter that is not over; nil where all of them are, or nobody knows.
  ///   - quarter: The quarter of an instant; that of UTC where nobody says otherwise.
  public static func all(
    _ deals: [ClosedDeal], running: Quarter? = nil, quarter: (Timestamp) -> Quarter = { Quarter($0) }
  ) -> [RepCard] {
    guard let team = Tally(deals).winRate else { return [] }
    var byRep: [Symbol: [ClosedDeal]] = [:]
    for deal in deals { if let rep = deal.descriptors.rep { byRep[rep, default: []].append(deal) } }
    var cards = byRep.map { card($0.key, $0.value, team: team, running, quarter) }
    let middle = median(cards.compactMap(\.consistencyIndex))
    let matches = Combination.all(deals, [.rep, .industry], minimumDeals: 15)
    for index in cards.indices {
      cards[index].quadrant = quadrant(cards[index], team: team, middle: middle)
      cards[index].pairWith = partner(of: cards[index].rep, matches)
    }
    return cards.sorted { ($0.tally.winRate ?? 0, $1.rep.text) > ($1.tally.winRate ?? 0, $0.rep.text) }
  }

  private static func card(
    _ rep: Symbol, _ deals: [ClosedDeal], team: Double, _ running: Quarter?, _ quarter: (Timestamp) -> Quarter
  ) -> RepCard {
    var quarters: [Quarter: Tally] = [:]
    for deal in deals { quarters[quarter(deal.closedAt), default: Tally()].count(deal) }
    let tally = Tally(deals)
    let counted = quarters.filter { $0.value.deals >= minimumQuarterDeals }.sorted { $0.key < $1.key }
    return RepCard(
      rep: rep, tally: tally, p: tally.departure(from: team),
      consistencyIndex: deviation(counted.compactMap(\.value.winRate)), quadrant: nil,
      velocity: mean(deals.compactMap(\.velocity)), quarters: quarters,
      trendPoints: trend(counted.filter { $0.key != running }.map(\.value)),
      pairWith: nil)
  }

  /// A rep who has no deal.
  static func withoutDeals(_ rep: Symbol) -> RepCard { card(rep, [], team: 0, nil) { Quarter($0) } }

  private static func trend(_ quarters: [Tally]) -> Double? {
    guard quarters.count > 2 else { return nil }
    func rate(_ part: ArraySlice<Tally>) -> Double? {
      let (won, deals) = (part.reduce(0) { $0 + $1.won }, part.reduce(0) { $0 + $1.deals })
      return deals > 0 ? Double(won) / Double(deals) : nil
    }
    guard let recent = rate(quarters.suffix(2)), let before = rate(quarters.dropLast(2)) else { return nil }
    return (recent - before) * 100
  }

  private static func quadrant(_ card: RepCard, team: Double, middle: Double?) -> Quadrant? {
    guard let index = card.consistencyIndex, let middle, let rate = card.tally.winRate, team > 0, team < 1 else {
      return nil
    }
    if rate >= team { return index <= middle ? .steadyWinner : .unsteadyWinner }
    return index <= middle ? .steadyBelow : .unsteadyBelow
  }

  private static func partner(of rep: Symbol, _ matches: [Combination]) -> Symbol? {
    guard let weakest = matches.first(where: { $0.values[0] == rep }) else { return nil }
    let best = matches.last { $0.values[1] == weakest.values[1] && $0.values[0] != rep }
    guard let best, best.winRate > weakest.winRate else { return nil }
    return best.values[0]
  }
}
