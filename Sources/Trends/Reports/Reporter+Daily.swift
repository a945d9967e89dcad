import Deals
import Foundation

extension Reporter {
  /// The day's figures: what was won and lost, what is open and at risk.
  func daily(_ period: ReportCalendar.Period, _ engine: TrendEngine, _ late: LateOutcomes) -> Report {
    let own = closed(engine, from: period.from, to: period.to)
    let tally = Tally(own)
    let won = own.filter { $0.outcome == .won }.reduce(Money.zero) { $0 + ($1.amount ?? .zero) }
    let lost = own.filter { $0.outcome == .lost }.reduce(Money.zero) { $0 + ($1.amount ?? .zero) }
    let risky = engine.pipeline.deals.values.filter { $0.tier >= .high }
    let atRisk = risky.reduce(Money.zero) { $0 + ($1.amount ?? .zero) }
    let amended = late.amended { standing(engine, $0) }
    var lines = ["\(tally.won) won (\(Self.dollars(won))), \(tally.lost) lost (\(Self.dollars(lost)))"]
    lines.append(
      "\(engine.pipeline.deals.count) deals open, \(risky.count) of them High or Critical (\(Self.dollars(atRisk)))")
    return Report(
      kind: .daily, period: period.name, from: period.from, to: period.to, title: "\(period.name) in figures",
      lines: lines + amended.lines,
      figures: [
        .init("won", Double(tally.won)), .init("lost", Double(tally.lost)), .init("win_rate", tally.winRate),
        .init("win_rate_low", tally.interval?.lowerBound), .init("win_rate_high", tally.interval?.upperBound),
        .init("won_amount", won.units), .init("lost_amount", lost.units),
        .init("open_deals", Double(engine.pipeline.deals.count)), .init("risky_deals", Double(risky.count)),
        .init("risky_amount", atRisk.units),
      ] + amended.figures, labels: amended.labels, lateOutcomes: late.count, ledgerOffset: engine.offset)
  }

  private static func dollars(_ amount: Money) -> String {
    let units = amount.units
    return units >= 999_500 ? String(format: "$%.1fM", units / 1_000_000) : "$\(Int((units / 1_000).rounded()))K"
  }
}
