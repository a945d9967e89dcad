import Foundation

/// A scale from values to places, with round numbers to mark.
struct Axis {
  let low: Double
  let high: Double
  let ticks: [Double]
  /// The marks in words, with as many decimals as tell them apart.
  let labels: [String]
  private let from: Double
  private let to: Double

  /// An axis that holds all values and has about five marks. Where all of them lie within the bounds of the format, no mark
  /// lies outside: nothing is won in less than 0% of all deals.
  init(_ values: [Double], _ format: ValueFormat, from: Double, to: Double, includesZero: Bool = false) {
    let finite = values.filter(\.isFinite) + (includesZero ? [0] : [])
    var low = finite.min() ?? 0
    var high = finite.max() ?? 1
    if high - low < 1e-9 {
      low -= includesZero && low == 0 ? 0 : max(0.01, abs(low) * 0.1)
      high += max(0.01, abs(high) * 0.1)
    }
    let step = Self.step((high - low) / 4)
    let bounds = finite.allSatisfy { format.bounds.contains($0) } ? format.bounds : -Double.infinity...(.infinity)
    self.low = max((low / step).rounded(.down) * step, bounds.lowerBound)
    self.high = min((high / step).rounded(.up) * step, bounds.upperBound)
    let count = Int(((self.high - self.low) / step).rounded())
    let start = self.low
    ticks = (0...max(1, count)).map { start + Double($0) * step }
    labels = ticks.map { format.text($0, step: step) }
    self.from = from
    self.to = to
  }

  func callAsFunction(_ value: Double) -> Double {
    from + (value - low) / (high - low) * (to - from)
  }

  /// 1, 2 or 5 times a power of ten, the next above.
  private static func step(_ rough: Double) -> Double {
    let power = pow(10, floor(log10(max(rough, 1e-9))))
    let factor = rough / power
    return (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10) * power
  }
}

/// How values are written.
public enum ValueFormat: Sendable {
  /// A share as per cent without decimals.
  case percent
  /// A number with so many decimals.
  case number(Int)

  /// The text of a value.
  public func text(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    switch self {
    case .percent: return "\(Self.fixed(100 * value, 0))%"
    case .number(let decimals): return Self.fixed(value, decimals)
    }
  }

  /// The text of a mark on an axis whose marks are so far from one another.
  func text(_ value: Double, step: Double) -> String {
    // How many decimals a step of 1, 2 or 5 times a power of ten has.
    func decimals(_ step: Double) -> Int { max(0, Int((-log10(max(step, 1e-9)) - 1e-9).rounded(.up))) }
    return switch self {
    case .percent: "\(Self.fixed(100 * value, decimals(100 * step)))%"
    case .number(let least): Self.fixed(value, max(least, decimals(step)))
    }
  }

  /// Between what values lie by what they are: shares from 0 to 1.
  var bounds: ClosedRange<Double> {
    switch self {
    case .percent: 0...1
    case .number: -.infinity ... .infinity
    }
  }

  /// The text of a range.
  public func text(_ range: ClosedRange<Double>) -> String { "\(text(range.lowerBound))–\(text(range.upperBound))" }

  private static func fixed(_ value: Double, _ decimals: Int) -> String {
    let scale = pow(10, Double(decimals))
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let whole = grouped(String(padded.dropLast(decimals)))
    return sign + (decimals == 0 ? whole : "\(whole).\(padded.suffix(decimals))")
  }

  private static func grouped(_ digits: String) -> String {
    var groups: [Substring] = []
    var rest = digits[...]
    while rest.count > 3 {
      groups.insert(rest.suffix(3), at: 0)
      rest = rest.dropLast(3)
    }
    return ([rest] + groups).joined(separator: ",")
  }
}
