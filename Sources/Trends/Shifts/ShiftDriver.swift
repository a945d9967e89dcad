import Deals
import Statistics

/// The part of a segment that drives its change.
///
/// A part with many deals contributes much to any change, so its size says nothing. A part is named only where its rate has
/// changed by more than that of the segment's other deals, beyond what chance explains: the difference of the two changes
/// over its standard error (normal approximation, with half a deal won and half a deal lost added to each of the four
/// shares), and p multiplied by the number of parts that were looked at (Bonferroni). As the change of the whole is taken
/// out, that the segment was picked for its change does not make a part stand out.
struct ShiftDriver {
  /// Deals that a part and the rest of the segment need, before and since.
  static let minimumDeals = 10
  /// The p value after correction below which a part is named.
  static let significance = 0.05

  private let segment: Segment
  private let before: [ClosedDeal]
  private let after: [ClosedDeal]
  private let falls: Bool

  /// The driver of a segment's change since a day; nil where either side has no deals.
  init?(_ segment: Segment, _ deals: some Sequence<ClosedDeal>, since day: Day) {
    let own = deals.filter { segment.contains($0) }
    (before, after) = (own.filter { $0.closedAt.day < day }, own.filter { $0.closedAt.day >= day })
    guard let old = Tally(before).winRate, let new = Tally(after).winRate else { return nil }
    self.segment = segment
    falls = new < old
  }

  /// In words; nil where no part has enough deals to be looked at, or where the deals that are kept do not show the change.
  ///
  /// - Parameters:
  ///   - told: The deals before the change that the shift tells of: they may reach back further than those that are kept.
  ///   - falls: Whether the shift is a fall.
  func words(told: Tally, falls: Bool) -> String? {
    guard falls == self.falls, let old = Tally(before).winRate, let new = Tally(after).winRate else { return nil }
    let known = segment.parts.map(\.dimension)
    let look = strongest(before, after, without: known)
    guard look.count > 0 else { return nil }
    guard let first = look.part else {
      return "no part of it \(falls ? "fell" : "rose") by more than the rest of it, chance apart"
    }
    var parts = [first]
    func inside(_ deals: [ClosedDeal]) -> [ClosedDeal] {
      deals.filter { deal in parts.allSatisfy { $0.dimension.value(of: deal) == $0.value } }
    }
    if let second = strongest(inside(before), inside(after), without: known + [first.dimension]).part {
      parts.append(second)
    }
    guard let rate = Tally(inside(before)).winRate else { return nil }
    let own = Tally(inside(after))
    let points = (Double(own.won) - rate * Double(own.deals)) / Double(after.count) * 100
    let name = parts.map { "\($0.dimension.name)=\($0.value.text)" }.joined(separator: " and ")
    let kept = Tally(before) == told ? "" : ", against the 400 days that are kept"
    return "\(name) contributes most: \(ShiftText.decimal(abs(points))) of "
      + "\(ShiftText.decimal(abs(new - old) * 100)) points\(kept)"
  }

  /// The part that departs furthest from the rest, if it does by more than chance, and how many were looked at.
  private func strongest(
    _ before: [ClosedDeal], _ after: [ClosedDeal], without known: [Dimension]
  ) -> (part: Segment.Part?, count: Int) {
    let (allBefore, allAfter) = (Tally(before), Tally(after))
    var best: (part: Segment.Part, p: Double, name: String)?
    var count = 0
    for dimension in Dimension.allCases where !known.contains(dimension) {
      let (old, new) = (Self.tallies(before, dimension), Self.tallies(after, dimension))
      for (value, now) in new {
        guard let then = old[value], let p = p(then, now, allBefore - then, allAfter - now) else { continue }
        count += 1
        let part = Segment.Part(dimension, value)
        let name = "\(dimension.name)=\(value.text)"
        // Equal parts go by name, so that the words are the same on every machine.
        if best.map({ (p, name) < ($0.p, $0.name) }) ?? true { best = (part, p, name) }
      }
    }
    return (best.flatMap { $0.p * Double(count) < Self.significance ? $0.part : nil }, count)
  }

  /// The chance that a part changes by so much more than the rest, in the direction of the shift; nil of too few deals.
  private func p(_ then: Tally, _ now: Tally, _ restThen: Tally, _ restNow: Tally) -> Double? {
    let four = [then, now, restThen, restNow]
    guard four.allSatisfy({ $0.deals >= Self.minimumDeals }) else { return nil }
    let shares = four.map { (Double($0.won) + 0.5) / Double($0.deals + 1) }
    let variance = zip(four, shares).reduce(0) { $0 + $1.1 * (1 - $1.1) / Double($1.0.deals + 1) }
    let difference = (shares[1] - shares[0]) - (shares[3] - shares[2])
    return Normal.below((falls ? difference : -difference) / variance.squareRoot())
  }

  private static func tallies(_ deals: [ClosedDeal], _ dimension: Dimension) -> [Symbol: Tally] {
    var tallies: [Symbol: Tally] = [:]
    for deal in deals { if let value = dimension.value(of: deal) { tallies[value, default: Tally()].count(deal) } }
    return tallies
  }
}

extension Tally {
  /// The deals without a part of them.
  fileprivate static func - (all: Tally, part: Tally) -> Tally {
    var rest = all
    rest.won -= part.won
    rest.lost -= part.lost
    return rest
  }
}
