import Deals

/// The closed deals of the last 400 days, for what is only asked when something has been found.
struct OutcomeLog: Sendable {
  private(set) var deals: [DealID: ClosedDeal] = [:]
  private var oldest = Day(number: .max)

  mutating func add(_ deal: ClosedDeal, _ id: DealID) {
    deals[id] = deal
    oldest = min(oldest, deal.closedAt.day)
  }

  mutating func remove(_ id: DealID) { deals[id] = nil }

  /// Forgets what closed before a day; looks only when a month of it has gathered.
  mutating func forget(before day: Day) {
    guard day - oldest >= 30 else { return }
    deals = deals.filter { $0.value.closedAt.day >= day }
    oldest = deals.values.map(\.closedAt.day).min() ?? Day(number: .max)
  }

  func closed(from day: Day, to end: Day = Day(number: .max)) -> [ClosedDeal] {
    deals.values.filter { $0.closedAt.day >= day && $0.closedAt.day < end }
  }

  /// The part of a segment that contributes most to its change since a day, in words: the sub-segment whose deals fell
  /// furthest behind (or rose furthest above) what they had won at their own rate before, and within it the next.
  func driver(of segment: Segment, since day: Day) -> String? {
    let own = deals.values.filter { segment.contains($0) }
    let (before, after) = (own.filter { $0.closedAt.day < day }, own.filter { $0.closedAt.day >= day })
    guard let old = Tally(before).winRate, let new = Tally(after).winRate, !after.isEmpty else { return nil }
    let falls = new < old
    guard let first = Self.strongest(before, after, falls, without: segment.parts.map(\.dimension)) else { return nil }
    let inside = (
      before.filter { first.part.dimension.value(of: $0) == first.part.value },
      after.filter { first.part.dimension.value(of: $0) == first.part.value }
    )
    let second = Self.strongest(
      inside.0, inside.1, falls, without: segment.parts.map(\.dimension) + [first.part.dimension])
    let points = first.wins / Double(after.count) * 100
    let with = second.map { " with \($0.part.value.text)" } ?? ""
    let shown = abs((points * 10).rounded() / 10)
    return
      "\(first.part.value.text)\(with) contributes most: \(shown) of \(abs(((new - old) * 1_000).rounded() / 10)) points"
  }

  private static func strongest(
    _ before: [ClosedDeal], _ after: [ClosedDeal], _ falls: Bool, without: [Dimension]
  ) -> (part: Segment.Part, wins: Double)? {
    var best: (part: Segment.Part, wins: Double)?
    for dimension in Dimension.allCases where !without.contains(dimension) {
      let (old, new) = (tallies(before, dimension), tallies(after, dimension))
      for (value, tally) in new {
        guard let rate = old[value]?.winRate, tally.deals >= 5 else { continue }
        let wins = Double(tally.won) - rate * Double(tally.deals)
        guard falls ? wins < 0 : wins > 0 else { continue }
        let part = Segment.Part(dimension, value)
        guard let known = best else {
          best = (part, wins)
          continue
        }
        // Equal parts go by name, so that the words are the same on every machine.
        if abs(wins) > abs(known.wins) || (wins == known.wins && value.text < known.part.value.text) {
          best = (part, wins)
        }
      }
    }
    return best
  }

  private static func tallies(_ deals: [ClosedDeal], _ dimension: Dimension) -> [Symbol: Tally] {
    var tallies: [Symbol: Tally] = [:]
    for deal in deals { if let value = dimension.value(of: deal) { tallies[value, default: Tally()].count(deal) } }
    return tallies
  }
}
