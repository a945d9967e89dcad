import Deals
import Foundation
import Statistics

/// Figures of a group of deals as words, the same in text and on a page.
enum SkillWords {
  /// The heads of `cells`.
  static let heads = [
    "deals", "won", "AUC", "95% interval", "AP (lost)", "Brier", "log loss", "miss", "top lift",
  ]

  /// The figures of a group; a dash for what can't be computed.
  static func cells(_ report: SkillReport) -> [String] {
    let values: [String?] = [
      Figures.count(report.deals), report.winRate.map { Figures.percent($0) },
      report.auc.map { Figures.share($0, 3) }, interval(report.aucInterval),
      report.averagePrecision.map { Figures.share($0, 3) }, report.brier.map { Figures.share($0.score, 4) },
      report.logLoss.map { Figures.share($0, 4) }, report.calibrationError.map { Figures.share($0, 3) },
      report.lift.first.map { Figures.share($0) },
    ]
    return values.map { $0 ?? "–" }
  }

  /// Where the log loss was held, and how often; nil where it nowhere was.
  static func certainAndWrong(_ model: ModelBacktest) -> String? {
    let counts = model.sides.filter { $0.report.certainAndWrong > 0 }
      .map { "\($0.name) \(Figures.count($0.report.certainAndWrong))" }
    guard !counts.isEmpty else { return nil }
    return "Scores that were certain and wrong: \(counts.joined(separator: ", ")). Log loss holds each at "
      + "\(Figures.share(-log(Accuracy.leastChance), 1)), that of a chance of \(Accuracy.leastChance)"
  }

  /// low–high.
  static func interval(_ range: ClosedRange<Double>?) -> String? {
    range.map { "\(Figures.share($0.lowerBound, 3))–\(Figures.share($0.upperBound, 3))" }
  }

  /// Each tier with its win rate and its deals; a dash for one without.
  static func tierCells(_ report: SkillReport) -> [String] {
    RiskTier.allCases.map { tier in
      report.tiers.first { $0.tier == tier }.map { "\(Figures.percent($0.winRate)) of \(Figures.count($0.deals))" }
        ?? "–"
    }
  }

  /// What was said and what happened in each of ten groups, in per cent, one above the other; empty behind the last.
  static func calibrationCells(_ report: SkillReport) -> [String] {
    tenths(report.calibration.map { "\(Figures.share(100 * $0.chance, 1))\n\(Figures.share(100 * $0.winRate, 1))" })
  }

  /// The lift of each tenth, riskiest first.
  static func liftCells(_ report: SkillReport) -> [String] { tenths(report.lift.map { Figures.share($0) }) }

  private static func tenths(_ cells: [String]) -> [String] {
    cells + Array(repeating: "", count: max(0, 10 - cells.count))
  }

  /// Each tier with its win rate and its deals.
  static func tiers(_ report: SkillReport) -> String {
    list(report.tiers.map { "\($0.tier.name) \(Figures.percent($0.winRate)) of \(Figures.count($0.deals))" })
  }

  /// What was said and what happened, group by group.
  static func calibration(_ report: SkillReport) -> String {
    list(report.calibration.map { "\(Figures.percent($0.chance)) → \(Figures.percent($0.winRate))" })
  }

  /// The lift of each tenth, riskiest first.
  static func lift(_ report: SkillReport) -> String { list(report.lift.map { Figures.share($0) }) }

  private static func list(_ words: [String]) -> String { words.isEmpty ? "–" : words.joined(separator: ", ") }
}
