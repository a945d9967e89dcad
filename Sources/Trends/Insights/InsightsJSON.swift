import Deals
import Foundation
import Statistics

extension Insights {
  /// As JSON, with the reference's names where it has them: rates 0 to 1, amounts in dollars; null where there are no deals.
  ///
  /// The reference has each rep and each industry as a name of the root. They stand there too, but for those that would take
  /// the place of another name; all of them stand in `rep_cards` and `industries_by_quarter`.
  ///
  /// - Parameters:
  ///   - tiers: Deals and win rate of each tier under in-sample scoring, where the caller has scored them.
  ///   - shifts: What the trend engine told of the same history.
  ///   - reports: What it reports at the end of it.
  public func json(
    tiers: [(name: String, tally: Tally)] = [], shifts: [TrendShift] = [], reports: [Report] = []
  ) -> String {
    var root: [String: Any] = [
      "deals": tally.deals, "won": tally.won, "lost": tally.lost, "velocity_by_outcome": velocities,
      "p_values": values { $0.p }, "chi2": values { $0.chiSquare }, "cramers_v": values { $0.cramersV },
      "levels": levels, "quarters": quarterFigures,
      "best_combinations": combinations.suffix(3).map { Self.combination($0, Combination.dimensions) },
      "worst_combinations": combinations.prefix(3).map { Self.combination($0, Combination.dimensions) },
      "worst_rep_industry": mismatches.prefix(2).map(Self.mismatch),
      "losses_by_stage": Dictionary(uniqueKeysWithValues: lossesByStage.map { ($0.key.name, $0.value) }),
      "loss_reasons": Dictionary(uniqueKeysWithValues: lossReasons.map { ($0.key.text, $0.value) }),
      "reps": reps.map(\.rep.text),
    ]
    let means = [
      ("win_rate", tally.winRate), ("mean_amount", meanAmount), ("median_amount", medianAmount),
      ("mean_cycle_days", meanCycleDays), ("median_cycle_days", medianCycleDays),
    ]
    for (name, value) in means { root[name] = value ?? NSNull() }
    root["trends"] = shifts.map { shift in Self.object { $0.trendShift(shift) } }
    root["reports"] = reports.map { report in Self.object { $0.report(report) } }
    if !tiers.isEmpty {
      root["risk_tiers"] = Dictionary(
        uniqueKeysWithValues: tiers.map {
          ("\($0.name) Risk", ["deals": $0.tally.deals, "win_rate": $0.tally.winRate ?? 0])
        })
    }
    let byQuarter = industries.mapValues { quarters in
      Dictionary(uniqueKeysWithValues: quarters.map { ("\($0.key)", $0.value.winRate ?? 0) })
    }
    root["industries_by_quarter"] = Dictionary(uniqueKeysWithValues: byQuarter.map { ($0.key.text, $0.value) })
    root["rep_cards"] = Dictionary(uniqueKeysWithValues: reps.map { ($0.rep.text, Self.card($0)) })
    // By name, so that of two that take one place it is the same one on every machine.
    let named =
      byQuarter.sorted { $0.key.text < $1.key.text }.map { ("\($0.key.text.lowercased())_by_quarter", $0.value as Any) }
      + reps.sorted { $0.rep.text < $1.rep.text }.map { ($0.rep.text, Self.card($0) as Any) }
    for (name, value) in named where root[name] == nil { root[name] = value }
    let options: JSONSerialization.WritingOptions = [.prettyPrinted, .sortedKeys]
    return (try? JSONSerialization.data(withJSONObject: root, options: options)).map {
      String(decoding: $0, as: UTF8.self)
    }
      ?? "{}"
  }

  /// A factor's name in the reference: what is `stage` here is its `deal_stage`.
  private static func name(_ dimension: Deals.Dimension) -> String {
    dimension == .stage ? "deal_stage" : dimension == .rep ? "sales_rep_id" : dimension.name
  }

  private func values(_ value: (ContingencyTest) -> Double) -> [String: Double] {
    var values: [String: Double] = [:]
    for driver in drivers { values[Self.name(driver.dimension)] = driver.test.map(value) }
    return values
  }

  private var levels: [String: Any] {
    var levels: [String: Any] = [:]
    for driver in drivers {
      levels[Self.name(driver.dimension)] = Dictionary(
        uniqueKeysWithValues: driver.levels.map { ($0.value.text, Self.rate($0.tally)) })
    }
    return levels
  }

  private static func rate(_ tally: Tally) -> [String: Any] {
    var rate: [String: Any] = ["deals": tally.deals]
    rate["win_rate"] = tally.winRate
    if let interval = tally.interval { rate["interval"] = [interval.lowerBound, interval.upperBound] }
    return rate
  }

  private var velocities: [String: Double] {
    Dictionary(uniqueKeysWithValues: velocityByOutcome.map { ($0.key == .won ? "Won" : "Lost", $0.value) })
  }

  private var quarterFigures: [String: Any] {
    var figures: [String: Any] = [:]
    for quarter in quarters {
      var own: [String: Any] = ["deals": quarter.tally.deals, "avg_cycle_days": quarter.meanCycleDays]
      own["win_rate"] = quarter.tally.winRate
      own["avg_velocity"] = quarter.meanVelocity
      figures["\(quarter.quarter)"] = own
    }
    return figures
  }

  private static func combination(_ combination: Combination, _ dimensions: [Deals.Dimension]) -> [String: Any] {
    var own = rate(combination.tally)
    for (dimension, value) in zip(dimensions, combination.values) { own[dimension.name] = value.text }
    (own["p"], own["p_corrected"]) = (combination.p, combination.correctedP)
    return own
  }

  private static func mismatch(_ combination: Combination) -> [String: Any] {
    [
      "sales_rep_id": combination.values[0].text, "industry": combination.values[1].text, "mean": combination.winRate,
      "count": combination.tally.deals, "p": combination.p, "p_corrected": combination.correctedP,
    ]
  }

  private static func object(_ write: (inout JSONWriter) -> Void) -> [String: Any] {
    var writer = JSONWriter()
    write(&writer)
    // What the writer writes is JSON: it can be read.
    return (try? JSONSerialization.jsonObject(with: Data(writer.bytes)) as? [String: Any]) ?? [:]
  }

  private static func card(_ card: RepCard) -> [String: Any] {
    var own = rate(card.tally)
    own["p"] = card.p
    own["consistency_index"] = card.consistencyIndex
    own["quadrant"] = card.quadrant?.rawValue
    own["avg_velocity"] = card.velocity
    own["trend_points"] = card.trendPoints
    own["pair_with"] = card.pairWith?.text
    own["quarters"] = Dictionary(uniqueKeysWithValues: card.quarters.map { ("\($0.key)", $0.value.winRate ?? 0) })
    return own
  }
}
