import Deals
import Foundation
import Statistics

extension Reporter {
  /// What the scores are worth, test-then-train: each model's last word before an outcome was known, against that outcome,
  /// over the half year that ends with the week.
  func modelHealth(_ period: ReportCalendar.Period, _ engine: TrendEngine, _ late: LateOutcomes) -> [Report] {
    var forecasts: [Symbol: [Forecast]] = [:]
    for deal in closed(engine, from: calendar.days(182, before: period.to), to: period.to) {
      for prediction in deal.predictions {
        forecasts[prediction.model, default: []].append(
          Forecast(chance: prediction.winProbability.value, isWon: deal.outcome == .won))
      }
    }
    guard !forecasts.isEmpty else { return [] }
    var (lines, figures): ([String], [Report.Figure]) = ([], [])
    for (model, own) in forecasts.sorted(by: { $0.key.text < $1.key.text }) {
      let skill = Discrimination(own)
      lines.append(Self.verdict(model, own, skill))
      figures += Self.figures(model.text, own, skill)
    }
    return [
      Report(
        kind: .modelHealth, period: period.name, from: period.from, to: period.to,
        title: "What the scores are worth, \(period.name)", lines: lines + late.lines, figures: figures,
        lateOutcomes: late.count, ledgerOffset: engine.offset)
    ]
  }

  private static func figures(_ model: String, _ forecasts: [Forecast], _ skill: Discrimination?) -> [Report.Figure] {
    guard let accuracy = Accuracy(forecasts) else { return [] }
    var figures: [Report.Figure] = [
      .init("\(model)_deals", Double(forecasts.count)), .init("\(model)_auc", skill?.auc),
      .init("\(model)_auc_low", skill?.interval?.lowerBound),
      .init("\(model)_auc_high", skill?.interval?.upperBound), .init("\(model)_brier", accuracy.brier),
      .init("\(model)_brier_low", accuracy.brierInterval?.lowerBound),
      .init("\(model)_brier_high", accuracy.brierInterval?.upperBound),
      .init("\(model)_brier_base_rate", accuracy.uncertainty),
    ]
    for (index, bin) in accuracy.bins.enumerated() {
      let name = "\(model)_calibration_\(index + 1)"
      var tally = Tally()
      tally.won = Int((bin.winRate * Double(bin.deals)).rounded())
      tally.lost = bin.deals - tally.won
      figures.append(.init("\(name)_chance", bin.chance))
      figures += rate(name, tally)
    }
    return figures
  }

  private static func verdict(_ model: Symbol, _ forecasts: [Forecast], _ skill: Discrimination?) -> String {
    guard let skill, let interval = skill.interval else {
      let won = forecasts.count { $0.isWon }
      return "\(model.text): no verdict, as \(won) deals were won and \(forecasts.count - won) lost, and an interval "
        + "needs \(Discrimination.minimumDeals) of each"
    }
    func two(_ value: Double) -> String { String(format: "%.2f", value) }
    let range =
      "AUC \(two(skill.auc)), 95% interval \(two(interval.lowerBound))–\(two(interval.upperBound)), \(forecasts.count) outcomes"
    if interval.lowerBound > 0.5 { return "\(model.text) has skill: \(range)" }
    if interval.upperBound < 0.5 { return "\(model.text) is wrong more often than chance: \(range)" }
    return "\(model.text) shows no skill: \(range)"
  }
}
