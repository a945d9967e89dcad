/// Figures of a group of deals as words, the same in text and on a page.
enum SkillWords {
  /// The heads of `cells`.
  static let heads = [
    "deals", "won", "AUC", "95% interval", "AP (lost)", "Brier", "reliability", "resolution", "log loss",
  ]

  /// The figures of a group; a dash for what can't be computed.
  static func cells(_ report: SkillReport) -> [String] {
    let brier = report.brier
    let values: [String?] = [
      Figures.count(report.deals), report.winRate.map { Figures.percent($0) },
      report.auc.map { Figures.share($0, 3) }, interval(report.aucInterval),
      report.averagePrecision.map { Figures.share($0, 3) }, brier.map { Figures.share($0.score, 4) },
      brier.map { Figures.share($0.reliability, 4) }, brier.map { Figures.share($0.resolution, 4) },
      report.logLoss.map { Figures.share($0, 4) },
    ]
    return values.map { $0 ?? "–" }
  }

  /// low–high.
  static func interval(_ range: ClosedRange<Double>?) -> String? {
    range.map { "\(Figures.share($0.lowerBound, 3))–\(Figures.share($0.upperBound, 3))" }
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
