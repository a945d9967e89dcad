import Deals
import Foundation

/// A condition on one field: `industry=EdTech`, `tier>=High`, `rep_id=~"rep_1.*"`.
public struct Matcher: Hashable, Sendable, CustomStringConvertible {
  /// How a field is compared.
  public enum Operator: String, CaseIterable, Hashable, Sendable {
    /// The same text.
    case equal = "="
    /// Another text.
    case notEqual = "!="
    /// The whole text fits a regular expression.
    case matches = "=~"
    /// It does not.
    case notMatches = "!~"
    /// A smaller number.
    case less = "<"
    /// A number that is not larger.
    case lessOrEqual = "<="
    /// A larger number.
    case greater = ">"
    /// A number that is not smaller.
    case greaterOrEqual = ">="

    var isNumeric: Bool { self == .less || self == .lessOrEqual || self == .greater || self == .greaterOrEqual }
    var isPattern: Bool { self == .matches || self == .notMatches }
  }

  /// What is wrong with the text of a matcher, and what to write.
  public struct Fault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The words.
    public var description: String
  }

  /// The field.
  public let field: String
  /// The comparison.
  public let comparison: Operator
  /// What it is compared with.
  public let value: String
  private let number: Double?
  private let pattern: NSRegularExpression?
  /// The longest regular expression, in characters: what backtracks must not be handed a page.
  public static let maximumPattern = 256

  /// The matcher of a text.
  public init(_ text: String) throws(Fault) {
    let name = text.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
    let rest = text[name.endIndex...].drop { $0 == " " }
    let found = Operator.allCases.sorted { $0.rawValue.count > $1.rawValue.count }.first { rest.hasPrefix($0.rawValue) }
    guard !name.isEmpty, let found else {
      throw Fault(description: "\"\(text)\" is no matcher: write a field, one of = != =~ !~ < <= > >= and a value")
    }
    var value = rest.dropFirst(found.rawValue.count).trimmingCharacters(in: .whitespaces)
    if value.count >= 2, value.first == "\"", value.last == "\"" { value = String(value.dropFirst().dropLast()) }
    try self.init(field: String(name), found, value)
  }

  /// A matcher.
  public init(field: String, _ comparison: Operator, _ value: String) throws(Fault) {
    guard AlertField.all.contains(field) else {
      throw Fault(description: "there is no field \(field): use one of \(AlertField.all.joined(separator: ", "))")
    }
    self.field = field
    self.comparison = comparison
    self.value = value
    number = try Self.number(field, comparison, value)
    pattern = try Self.pattern(comparison, value)
    try requireKnownValue()
  }

  /// The number that a field is compared with, nil where texts are compared. `score=` asks for what has no score.
  private static func number(_ field: String, _ comparison: Operator, _ value: String) throws(Fault) -> Double? {
    let isNumber = AlertField.numbers.contains(field)
    guard comparison.isNumeric || (isNumber && !comparison.isPattern && !value.isEmpty) else { return nil }
    if field == "tier" {
      guard let tier = RiskTier(name: value) else { throw Fault(description: unknown(value, field, AlertField.tiers)) }
      return Double(tier.rawValue)
    }
    guard isNumber else { throw Fault(description: "\(field) is no number: compare it with =, !=, =~ or !~") }
    guard let number = Double(value.filter { $0 != "_" }), number.isFinite else {
      throw Fault(
        description: "\(field) is a number, \"\(value)\" is none: write = != < <= > or >= and digits, such as "
          + "amount>=50000")
    }
    return number
  }

  /// A field with few values is compared with one of them: a misspelt one would never fit, and nobody would notice.
  private func requireKnownValue() throws(Fault) {
    guard let values = AlertField.values[field], !comparison.isNumeric else { return }
    if value.isEmpty, !AlertField.always.contains(field) { return }
    if comparison.isPattern, values.contains(where: fits) || fits("") { return }
    if !comparison.isPattern, values.contains(value) { return }
    throw Fault(description: Self.unknown(value, field, values))
  }

  private static func unknown(_ value: String, _ field: String, _ values: [String]) -> String {
    "\(field) is never \"\(value)\": write one of \(values.joined(separator: ", "))"
  }

  private static func pattern(_ comparison: Operator, _ value: String) throws(Fault) -> NSRegularExpression? {
    guard comparison.isPattern else { return nil }
    guard value.count <= maximumPattern, let pattern = try? NSRegularExpression(pattern: "^(?:\(value))$") else {
      throw Fault(
        description: "\"\(value.prefix(60))\" is no regular expression of at most \(maximumPattern) characters: mend it"
      )
    }
    return pattern
  }

  /// Whether a statement fits.
  public func matches(_ source: AlertSource) -> Bool {
    if let number {
      guard let actual = source.number(of: field) else { return comparison == .notEqual }
      switch comparison {
      case .equal: return actual == number
      case .notEqual: return actual != number
      case .less: return actual < number
      case .lessOrEqual: return actual <= number
      case .greater: return actual > number
      default: return actual >= number
      }
    }
    let actual = source.text(of: field)
    switch comparison {
    case .equal: return actual == value
    case .notEqual: return actual != value
    case .matches: return fits(actual)
    default: return !fits(actual)
    }
  }

  private func fits(_ text: String) -> Bool {
    pattern?.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
  }

  /// As a person writes it.
  public var description: String { "\(field)\(comparison.rawValue)\(value)" }
}

extension [Matcher] {
  /// Whether a statement fits all of them.
  public func matches(_ source: AlertSource) -> Bool { allSatisfy { $0.matches(source) } }

  /// The first that a statement does not fit.
  public func firstMiss(_ source: AlertSource) -> Matcher? { first { !$0.matches(source) } }
}
