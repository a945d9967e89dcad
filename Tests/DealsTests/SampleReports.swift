import Deals

extension Report.Kind {
  /// The file in `topics/` that says what a report of the kind holds.
  var schemaFile: String { "report-\(rawValue.replacing("_", with: "-")).schema.json" }
}

extension Report.Figure {
  /// Whether a report may lack it: what is told of a value, a combination or a period that there may be none of.
  var isOptional: Bool {
    name.contains("/") || name.contains("_2_") || name.hasPrefix("amended_1")
      || ["best_", "worst_", "mismatch_"].contains { name.hasPrefix($0) }
  }
}

extension Report {
  /// A report of each kind with everything that its schema knows, and some figures that can't be told.
  static func sample(_ kind: Kind) -> Report {
    let from = Timestamp(milliseconds: 1_772_452_800_000)
    let (period, figures, labels): (String, [Figure], [Label]) =
      switch kind {
      case .daily: ("2026-03-04", daily + amended, [Label("amended_1", "2026-03-01")])
      case .drivers: ("2026-W10", drivers + amended, driverLabels + [Label("amended_1", "2026-W08")])
      case .scorecard:
        (
          "2026-03", scorecard + amended,
          [Label("quadrant", "steady_winner"), Label("pair_with", "rep \u{1F600}"), Label("amended_1", "2026-01")]
        )
      case .modelHealth: ("2026-W10", modelHealth, [])
      }
    return Report(
      kind: kind, period: period, from: from, to: from.adding(days: 7), subject: kind == .scorecard ? "rep_1" : nil,
      title: "The period", lines: ["one", "two \u{1F600}"], figures: figures, labels: labels, lateOutcomes: 2,
      ledgerOffset: 9)
  }

  private static let amended: [Figure] = [
    Figure("amended_periods", 1), Figure("amended_1_won", nil), Figure("amended_1_lost", 4),
    Figure("amended_1_won_change", -1), Figure("amended_1_lost_change", 1),
  ]

  private static let daily: [Figure] = [
    Figure("won", 3), Figure("lost", 0), Figure("win_rate", nil), Figure("win_rate_low", 0.2),
    Figure("win_rate_high", 1), Figure("won_amount", 12_345.5), Figure("lost_amount", 0), Figure("open_deals", 12),
    Figure("risky_deals", 4), Figure("risky_amount", 1_000_000),
  ]

  private static func rate(_ name: String, deals: Double = 40) -> [Figure] {
    [
      Figure("\(name)_deals", deals), Figure("\(name)_win_rate", 0.5), Figure("\(name)_win_rate_low", 0.3),
      Figure("\(name)_win_rate_high", 0.7),
    ]
  }

  private static func change(_ name: String) -> [Figure] {
    [Figure("\(name)_change", -0.1), Figure("\(name)_change_low", -0.3), Figure("\(name)_change_high", nil)]
  }

  private static var drivers: [Figure] {
    var figures = rate("week") + rate("last_week") + change("win_rate_week") + change("win_rate_quarter")
    for name in ["win_rate_quarter", "deals_quarter", "win_rate_before", "deals_before", "combinations", "mismatches"] {
      figures.append(Figure(name, 1))
    }
    for dimension in Dimension.allCases {
      for name in ["chi_square", "p", "p_corrected", "cramers_v", "levels"] {
        figures.append(Figure("\(name)_\(dimension.name)", 1))
      }
    }
    for stage in Stage.allCases { figures.append(Figure("losses_at_\(stage.name)", 2)) }
    figures.append(Figure("lost_for/price / \"budget\"", 7))
    figures += rate("industry=Media/TV/year") + rate("best_1") + rate("worst_3") + rate("mismatch_5", deals: 15)
    for name in ["best_1", "worst_3", "mismatch_5"] {
      figures += [Figure("\(name)_p", 0.01), Figure("\(name)_p_corrected", 0.3)]
    }
    for name in [
      "win_rate_4w", "win_rate_8w", "win_rate_13w", "deals_13w", "win_rate_before", "deals_before", "cycle_days_mean",
      "cycle_days_median", "velocity_won", "amount_lost",
    ] { figures.append(Figure("rep=rep_1/\(name)", 1)) }
    return figures
  }

  private static let driverLabels: [Label] = [
    Label("best_1", "industry=SaaS and lead_source=Partner and cycle_bucket=Fast (0-30d)"),
    Label("worst_3", "industry=Media/TV and lead_source=Line\nbreak and cycle_bucket=Fast (0-30d)"),
    Label("mismatch_5", "rep=rep_1 and industry=SaaS"),
  ]

  private static let scorecard: [Figure] = [
    Figure("won_month", 2), Figure("lost_month", 3), Figure("deals_year", 55), Figure("win_rate_year", 0.4),
    Figure("win_rate_year_low", 0.3), Figure("win_rate_year_high", 0.5), Figure("win_rate_team", 0.45),
    Figure("p_team", 0.4), Figure("consistency_index", nil), Figure("velocity", 512.5), Figure("velocity_team", 490),
    Figure("trend_points", -3.5),
  ]

  private static var modelHealth: [Figure] {
    var figures = [Figure("weighted-v1_deals", 800)]
    for name in ["auc", "brier"] {
      for suffix in ["", "_low", "_high"] { figures.append(Figure("weighted-v1_\(name)\(suffix)", 0.25)) }
    }
    figures.append(Figure("weighted-v1_brier_base_rate", 0.248))
    for row in 1...2 {
      figures.append(Figure("weighted-v1_calibration_\(row)_chance", 0.4))
      figures += rate("weighted-v1_calibration_\(row)")
    }
    return figures
  }
}
