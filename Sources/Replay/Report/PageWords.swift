import Charts
import Deals
import Statistics
import Trends

extension Tally {
  /// The win rate with its interval; nil of fewer deals than `fewest`.
  func point(fewest: Int = 1) -> LineChart.Point? {
    guard deals >= fewest, let winRate else { return nil }
    return LineChart.Point(winRate, interval)
  }

  /// Such as `45.3% (43.9%–46.6%)`.
  var text: String {
    guard let winRate, let interval else { return "no deals" }
    return
      "\(Figures.percent(winRate)) (\(Figures.percent(interval.lowerBound))–\(Figures.percent(interval.upperBound)))"
  }
}

/// The mean of values that scatter, with the interval of the mean.
enum Mean {
  /// The mean, with its 95% interval (normal approximation) where there are at least two values; nil of none.
  static func point(_ values: [Double]) -> LineChart.Point? {
    guard !values.isEmpty else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    guard values.count > 1 else { return LineChart.Point(mean) }
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    let half = Normal.quantile(0.975) * (variance / count).squareRoot()
    return LineChart.Point(mean, mean - half...mean + half)
  }

  /// The middle value, the mean of the middle two; nil of none.
  static func median(_ values: [Double]) -> Double? {
    guard !values.isEmpty else { return nil }
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }
}

extension Dimension {
  /// As a person says it.
  var spoken: String {
    switch self {
    case .rep: "rep"
    case .industry: "industry"
    case .region: "region"
    case .productType: "product"
    case .leadSource: "lead source"
    case .stage: "stage reached"
    case .sizeBucket: "deal size"
    case .cycleBucket: "cycle length"
    }
  }
}

extension Figures {
  /// A chance of error, three decimals.
  static func p(_ value: Double) -> String { value < 0.0005 ? "p < 0.001" : "p \(share(value, 3))" }

  /// An amount without cents, such as $1,200 or EUR 1,200.
  static func amount(_ money: Money, _ currency: Currency) -> String { amount(money.units, currency) }

  /// An amount without cents.
  static func amount(_ units: Double, _ currency: Currency) -> String {
    let digits = count(Int(units.rounded()))
    return currency == .usd ? "$\(digits)" : "\(currency.code) \(digits)"
  }
}
