import Charts
import Deals
import Statistics

/// The closed deals of a history as a report groups and counts them.
struct ClosedDealRows {
  struct Row {
    var isWon: Bool
    var amount: Double?
    var cycleDays: Int
    var closedAt: Timestamp
    var descriptors: Descriptors
    var stage: Stage

    /// What a day of the deal was worth, in units of the base currency; nil without an amount or of a deal of no days.
    var velocity: Double? {
      guard let amount, cycleDays > 0 else { return nil }
      return amount / Double(cycleDays)
    }

    var quarter: String {
      let (year, month, _) = closedAt.day.civil
      return "\(year) Q\((month + 2) / 3)"
    }
  }

  /// Deals counted together.
  struct Group {
    var deals = 0
    var won = 0

    init(_ rows: some Sequence<Row>) {
      for row in rows {
        deals += 1
        won += row.isWon ? 1 : 0
      }
    }

    var winRate: Double { Double(won) / Double(max(1, deals)) }
    var interval: ClosedRange<Double>? { Binomial.wilson(won, of: deals) }
    var point: LineChart.Point { LineChart.Point(winRate, interval) }
  }

  let rows: [Row]
  /// The quarters in which a deal closed, in the order of time.
  let quarters: [String]

  init(_ lives: DealLives) {
    rows = lives.lives.compactMap { life in
      let state = life.state
      guard let outcome = state.status.outcome, let closedAt = state.status.closedAt else { return nil }
      return Row(
        isWon: outcome == .won, amount: state.amount?.units,
        cycleDays: max(0, closedAt.days(since: state.createdAt)), closedAt: closedAt,
        descriptors: state.descriptors, stage: state.stage)
    }
    quarters = Set(rows.map(\.quarter)).sorted()
  }

  var all: Group { Group(rows) }

  /// The rows by a property, names sorted; rows without the property are left out.
  func grouped(_ property: (Row) -> String?) -> [(name: String, rows: [Row])] {
    var groups: [String: [Row]] = [:]
    for row in rows { if let name = property(row) { groups[name, default: []].append(row) } }
    return groups.sorted { $0.key < $1.key }.map { (name: $0.key, rows: $0.value) }
  }

  /// The win rate of each quarter; nil where fewer deals closed than `fewest`.
  func byQuarter(_ rows: [Row], fewest: Int = 1) -> [LineChart.Point?] {
    let groups = Dictionary(grouping: rows, by: \.quarter)
    return quarters.map { quarter in
      groups[quarter].flatMap { $0.count >= fewest ? Group($0).point : nil }
    }
  }

  static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  /// The sample standard deviation; nil of fewer than two values.
  static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1, let mean = mean(values) else { return nil }
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1)).squareRoot()
  }

  /// Cramér's V of a property and the outcome (Cramér 1946), and the chi-squared statistic with its degrees of freedom.
  func effect(_ property: (Row) -> String?) -> (v: Double, chiSquared: Double, freedom: Int)? {
    let groups = grouped(property)
    let total = groups.reduce(0) { $0 + $1.rows.count }
    let won = groups.reduce(0) { $0 + Group($1.rows).won }
    guard groups.count > 1, won > 0, won < total else { return nil }
    let rate = Double(won) / Double(total)
    var sum = 0.0
    for group in groups {
      let expected = Double(group.rows.count) * rate
      let difference = Double(Group(group.rows).won) - expected
      sum += difference * difference / expected + difference * difference / (Double(group.rows.count) - expected)
    }
    return ((sum / Double(total)).squareRoot(), sum, groups.count - 1)
  }
}
