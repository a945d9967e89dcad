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
      table("quarter", scores, key: { Quarter($0.closedAt.day) }, label: \.description),
      table("age", scores, key: { AgeBand(days: $0.ageDays) }, label: \.rawValue),
    ]
    for (name, value) in dimensions {
      var table = table(name, scores, key: value, label: { $0?.text ?? "(unknown)" })
      table.slices.sort { ($1.deals, $0.label) < ($0.deals, $1.label) }
      tables.append(table)
    }
    return tables
  }

  private static func table<Key: Hashable>(
    _ name: String, _ scores: [JudgedScore], key: (JudgedScore) -> Key, label: (Key) -> String
  ) -> SliceTable {
    var groups: [Key: [TieredForecast]] = [:]
    for score in scores { groups[key(score), default: []].append(score.tiered) }
    let slices = groups.map { SliceReport(label: label($0), report: SkillReport($1)) }
    return SliceTable(name: name, slices: slices.sorted { $0.label < $1.label })
  }

  private struct Quarter: Hashable, CustomStringConvertible {
    var year: Int
    var quarter: Int

    init(_ day: Day) {
      let (year, month, _) = day.civil
      (self.year, quarter) = (year, (month + 2) / 3)
    }

    var description: String { "\(year) Q\(quarter)" }
  }

  /// The names begin with digits of equal width, so that ages sort by length.
  private enum AgeBand: String {
    case month = "00–30 days"
    case twoMonths = "31–60 days"
    case quarter = "61–90 days"
    case longer = "91 days or more"

    init(days: Int) { self = days <= 30 ? .month : days <= 60 ? .twoMonths : days <= 90 ? .quarter : .longer }
  }
}
