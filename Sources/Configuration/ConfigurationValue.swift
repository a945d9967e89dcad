/// A type that can stand in a configuration: as text in a file, an environment variable or a flag.
public protocol ConfigurationValue: Sendable {
  /// What a person may write, for messages and the reference page.
  static var form: String { get }
  /// The value of a text, nil where it is none.
  init?(configurationText text: String)
  /// The text of the value.
  var configurationText: String { get }
}

extension String: ConfigurationValue {
  /// Any text.
  public static var form: String { "text" }
  /// The text itself.
  public init?(configurationText text: String) { self = text }
  /// The text itself.
  public var configurationText: String { self }
}

extension Int: ConfigurationValue {
  /// A whole number.
  public static var form: String { "a whole number" }
  /// The number, underscores left out.
  public init?(configurationText text: String) {
    guard let value = Int(text.filter { $0 != "_" }) else { return nil }
    self = value
  }
  /// Decimal digits.
  public var configurationText: String { String(self) }
}

extension Double: ConfigurationValue {
  /// A number.
  public static var form: String { "a number" }
  /// The number.
  public init?(configurationText text: String) {
    guard let value = Double(text), value.isFinite else { return nil }
    self = value
  }
  /// The shortest decimal.
  public var configurationText: String { String(self) }
}

extension Bool: ConfigurationValue {
  /// true or false.
  public static var form: String { "true or false" }
  /// true or false, nothing else.
  public init?(configurationText text: String) {
    guard text == "true" || text == "false" else { return nil }
    self = text == "true"
  }
  /// true or false.
  public var configurationText: String { self ? "true" : "false" }
}

/// A length of time, written as a number with ms, s, m, h or d behind it.
public struct Milliseconds: Hashable, Comparable, Sendable, ConfigurationValue {
  /// Whole milliseconds.
  public var value: Int64
  /// So many milliseconds.
  public init(_ value: Int64) { self.value = value }

  private static let units: [(name: String, length: Int64)] = [
    ("ms", 1), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000),
  ]

  /// Such as 100ms or 72h.
  public static var form: String { "a length of time such as 100ms, 10s, 5m, 72h or 30d" }

  /// The length, nil without a unit.
  public init?(configurationText text: String) {
    for unit in Self.units where text.hasSuffix(unit.name) {
      guard let number = Int64(text.dropLast(unit.name.count)) else { return nil }
      let (product, overflow) = number.multipliedReportingOverflow(by: unit.length)
      guard !overflow, product >= 0 else { return nil }
      value = product
      return
    }
    return nil
  }

  /// In the largest unit that divides it.
  public var configurationText: String {
    for unit in Self.units.sorted(by: { $0.length > $1.length }) where value % unit.length == 0 && value != 0 {
      return "\(value / unit.length)\(unit.name)"
    }
    return "\(value)ms"
  }

  /// Lengths order by size.
  public static func < (left: Milliseconds, right: Milliseconds) -> Bool { left.value < right.value }
}

extension Array: ConfigurationValue where Element: ConfigurationValue {
  /// Elements separated by commas.
  public static var form: String { "a list, each \(Element.form)" }

  /// The elements, spaces around them left out.
  public init?(configurationText text: String) {
    var elements: [Element] = []
    for part in text.split(separator: ",") {
      guard let element = Element(configurationText: part.trimming()) else { return nil }
      elements.append(element)
    }
    self = elements
  }

  /// The elements, separated by commas.
  public var configurationText: String { map(\.configurationText).joined(separator: ", ") }
}

extension Substring {
  fileprivate func trimming() -> String {
    var part = self
    while part.first == " " { part.removeFirst() }
    while part.last == " " { part.removeLast() }
    return String(part)
  }
}

/// One of a few words.
public protocol ConfigurationWord: ConfigurationValue, CaseIterable, RawRepresentable where RawValue == String {}

extension ConfigurationWord {
  /// The words.
  public static var form: String { allCases.map(\.rawValue).joined(separator: " or ") }
  /// The word.
  public init?(configurationText text: String) { self.init(rawValue: text) }
  /// The word.
  public var configurationText: String { rawValue }
}
