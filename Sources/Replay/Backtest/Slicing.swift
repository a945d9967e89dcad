import Deals

/// Cuts scores into parts: by quarter of the close, by age at the score, by segment.
enum Slicing {
  private static let dimensions: [(String, @Sendable (JudgedScore) -> Symbol?)] = [
    ("industry", { $0.descriptors.industry }), ("lead_source", { $0.descriptors.leadSource }),
    ("region", { $0.descriptors.region }), ("product_type", { $0.descriptors.productType }),
    ("rep", { $0.descriptors.rep }),
  ]

  static func tables(_ scores: [JudgedScore]) -> [SliceTable] {
    var tables = [
      table("quarter", scores) { quarter(of: $0.closedAt.day) },
      table("age", scores) { age($0.ageDays) },
    ]
    for (name, value) in dimensions {
      var table = table(name, scores) { value($0)?.text ?? "(unknown)" }
      table.slices.sort { ($1.deals, $0.label) < ($0.deals, $1.label) }
      tables.append(table)
    }
    return tables
  }

  private static func table(_ name: String, _ scores: [JudgedScore], _ label: (JudgedScore) -> String) -> SliceTable {
    let groups = Dictionary(grouping: scores, by: label)
    let slices = groups.keys.sorted().map { SliceReport($0, (groups[$0] ?? []).map(\.forecast)) }
    return SliceTable(name: name, slices: slices)
  }

  private static func quarter(of day: Day) -> String {
    let (year, month, _) = day.civil
    return "\(year) Q\((month + 2) / 3)"
  }

  /// Begins with digits of equal width, so that ages sort by length.
  private static func age(_ days: Int) -> String {
    switch days {
    case ...30: "00–30 days"
    case ...60: "31–60 days"
    case ...90: "61–90 days"
    default: "91 days or more"
    }
  }
}
