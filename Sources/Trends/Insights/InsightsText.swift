import Deals
import Foundation

extension Insights {
  /// As a page for a terminal.
  ///
  /// - Parameter currency: The currency of every amount.
  public func text(currency: Currency = .usd) -> String {
    guard let rate = tally.winRate else { return "there are no closed deals: nothing can be said" }
    var lines = [
      "\(tally.deals) closed deal\(tally.deals == 1 ? "" : "s"), \(tally.won) won, \(tally.lost) lost: win rate \(Self.percent(rate))",
      "",
      "What tells won deals from lost ones (chi-square; V is the strength, 0 to 1)",
    ]
    let tested = drivers.compactMap { driver in driver.test.map { (driver.dimension, $0) } }
    lines += tested.map { dimension, test in
      let verdict = test.p < 0.05 ? "differs" : "no difference to speak of"
      return
        "  \(Self.padded(dimension.name, 14)) p \(Self.fixed(test.p, 4))  V \(Self.fixed(test.cramersV, 3))  \(verdict)"
    }
    let isOneOutcome = tally.won == 0 || tally.lost == 0
    if tested.isEmpty {
      lines.append(
        isOneOutcome
          ? "  nothing: all of them were \(tally.won == 0 ? "lost" : "won")" : "  nothing: no property has two values")
    }
    lines += [
      "", "Combinations of industry, lead source and cycle with at least \(Self.minimumCombinationDeals) deals",
    ]
    let combinations = isOneOutcome ? [] : combinations
    lines += combinations.suffix(3).reversed().map { "  best   \(Self.line($0))" }
    lines += combinations.prefix(3).map { "  worst  \(Self.line($0))" }
    if combinations.isEmpty { lines.append(isOneOutcome ? "  none is better or worse" : "  there are none") }
    lines += ["", "Rep and industry that do not go together (at least \(Self.minimumMismatchDeals) deals)"]
    lines += mismatches.prefix(5).map { "  \(Self.line($0))" }
    if mismatches.isEmpty { lines.append("  there are none") }
    lines += ["", "Reps"]
    lines += reps.map(Self.line)
    if reps.isEmpty { lines.append("  no closed deal has a rep") }
    lines += ["", "Quarters"]
    lines += quarters.map { quarter in
      "  \(quarter.quarter)  \(Self.padded("\(quarter.tally.deals) deals", 12))\(Self.percent(quarter.tally.winRate ?? 0))"
        + "  cycle \(Self.fixed(quarter.meanCycleDays, 1)) days"
        + (quarter.meanVelocity.map { "  \(currency == .usd ? "$" : "\(currency.code) ")\(Self.fixed($0, 0)) a day" }
          ?? "")
    }
    return lines.joined(separator: "\n")
  }

  /// What the model health among some reports says, as a part of a page; nothing where no outcome had a score.
  public static func modelHealth(_ reports: [Report]) -> String {
    let lines = reports.filter { $0.kind == .modelHealth }.flatMap(\.lines)
    guard !lines.isEmpty else { return "" }
    return
      (["", "", "What the scores were worth, each before its outcome was known, over the last half year"]
      + lines.map { "  \($0)" }).joined(separator: "\n")
  }

  private static func line(_ combination: Combination) -> String {
    let name = combination.values.map(\.text).joined(separator: ", ")
    let interval = combination.tally.interval.map { " (\(percent($0.lowerBound)) to \(percent($0.upperBound)))" } ?? ""
    return
      "\(padded(name, 46)) \(percent(combination.winRate)) of \(combination.tally.deals)\(interval), "
      + "p \(fixed(combination.correctedP, 3)) after correction"
  }

  private static func line(_ card: RepCard) -> String {
    let index = card.consistencyIndex.map { "  steadiness \(fixed($0, 3))" } ?? ""
    let quadrant = card.quadrant.map { "  \($0.rawValue.replacing("_", with: " "))" } ?? ""
    let partner = card.pairWith.map { "  pair with \($0.text)" } ?? ""
    return
      "  \(padded(card.rep.text, 10))\(percent(card.tally.winRate ?? 0)) of \(card.tally.deals)\(index)\(quadrant)\(partner)"
  }

  static func percent(_ share: Double) -> String { "\(fixed(share * 100, 1))%" }
  static func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
  private static func padded(_ text: String, _ width: Int) -> String {
    text.padding(toLength: max(width, text.count), withPad: " ", startingAt: 0)
  }
}
