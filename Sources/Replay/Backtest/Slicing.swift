import Deals

/// What the scores of a part of the deals were worth.
public struct SliceReport: Sendable {
  /// What the deals of the part have in common, such as 2024 Q1 or EdTech.
  public var label: String
  /// All figures of the part.
  public var report: SkillReport

  /// Closed deals.
  public var deals: Int { report.deals }
  /// Of these, won.
  public var won: Int { report.won }
  /// The area under the ROC curve; nil where only one outcome is there.
  public var auc: Double? { report.auc }
  /// Where the true area lies in 95 of 100 cases.
  public var aucInterval: ClosedRange<Double>? { report.aucInterval }
  /// The Brier score.
  public var brier: Double? { report.brier?.score }
}

/// The parts that the deals fall into by one property.
public struct SliceTable: Sendable {
  /// The property: quarter, age, or a dimension's name.
  public var name: String
  /// The parts: in the order of time or age, or largest first.
  public var slices: [SliceReport]
}

/// Cuts scores into parts: by quarter of the close, by age at the score, by segment.
enum Slicing {
  private static let dimensions: [(String, @Sendable (JudgedScore) -> Symbol?)] = [
    ("industry", { $0.descriptors.industry }), ("lead_source", { $0.descriptors.leadSource }),
    ("region", { $0.descriptors.region }), ("product_type", { $0.descriptors.productType }),
    ("rep", { $0.descriptors.rep }),
  ]

  /// Scores in the order of their chances give the figures soonest: what is in order is not sorted again for each part.
  static func tables(_ scores: [JudgedScore]) -> [SliceTable] {
    var tables = [
      table("quarter", scores, number: { Quarter($0.closedAt.day).number }, label: { Quarter($0.closedAt.day).text }),
      table(
        "age", scores, number: { AgeBand(days: $0.ageDays).rawValue }, label: { AgeBand(days: $0.ageDays).text }),
    ]
    for (name, value) in dimensions {
      var table = table(
        name, scores, number: { value($0).map { $0.ordinal + 1 } ?? 0 }, label: { value($0)?.text ?? "(unknown)" })
      table.slices.sort { ($1.deals, $0.label) < ($0.deals, $1.label) }
      tables.append(table)
    }
    return tables
  }

  /// - Parameters:
  ///   - number: The number of the part that a score falls into, 0 or more and small: parts are told apart by looking into an
  ///     array, as there are many scores and few parts.
  ///   - label: The name of that part.
  private static func table(
    _ name: String, _ scores: [JudgedScore], number: (JudgedScore) -> Int, label: (JudgedScore) -> String
  ) -> SliceTable {
    var places: [Int] = []
    var groups: [(label: String, scores: [TieredForecast])] = []
    for index in scores.indices {
      let number = number(scores[index])
      if number >= places.count { places.append(contentsOf: repeatElement(-1, count: number + 1 - places.count)) }
      if places[number] < 0 {
        places[number] = groups.count
        groups.append((label(scores[index]), []))
      }
      groups[places[number]].scores.append(scores[index].tiered)
    }
    let slices = groups.map { SliceReport(label: $0.label, report: SkillReport($0.scores)) }
    return SliceTable(name: name, slices: slices.sorted { $0.label < $1.label })
  }

  private struct Quarter {
    var year: Int
    var quarter: Int

    init(_ day: Day) {
      let (year, month, _) = day.civil
      (self.year, quarter) = (year, (month + 2) / 3)
    }

    /// Years that can be written are 0 to 9999.
    var number: Int { max(0, year) * 4 + quarter - 1 }
    var text: String { "\(year) Q\(quarter)" }
  }

  private enum AgeBand: Int {
    case month, twoMonths, quarter, longer

    init(days: Int) { self = days <= 30 ? .month : days <= 60 ? .twoMonths : days <= 90 ? .quarter : .longer }

    /// The names begin with digits of equal width, so that ages sort by length.
    var text: String {
      switch self {
      case .month: "00–30 days"
      case .twoMonths: "31–60 days"
      case .quarter: "61–90 days"
      case .longer: "91 days or more"
      }
    }
  }
}
