/// A key of a configuration: declared once, with its default, its range and what it means.
public struct ConfigurationKey<Value: ConfigurationValue>: Sendable {
  /// The dotted name, such as `kafka.bootstrap_servers`.
  public let name: String
  /// What holds where nobody says otherwise.
  public let defaultValue: Value
  /// What it means, in one line.
  public let meaning: String
  /// Says what a value must be like; nil where any of the type will do.
  let constraint: (@Sendable (Value) -> String?)?

  /// A key.
  ///
  /// - Parameter constraint: Returns what a value should be like where it is not.
  public init(
    _ name: String, default defaultValue: Value, _ meaning: String,
    constraint: (@Sendable (Value) -> String?)? = nil
  ) {
    self.name = name
    self.defaultValue = defaultValue
    self.meaning = meaning
    self.constraint = constraint
  }

  /// The key without its type, for a schema.
  public var declaration: KeyDeclaration {
    let constraint = constraint
    return KeyDeclaration(
      name: name, form: Value.form, defaultText: defaultValue.configurationText, meaning: meaning, isSecret: false,
      fault: { text in
        guard let value = Value(configurationText: text) else { return "must be \(Value.form)" }
        return constraint?(value)
      }, canonical: { Value(configurationText: $0)?.configurationText ?? $0 })
  }
}

extension ConfigurationKey where Value: Comparable {
  /// A key whose values lie in a range.
  public init(_ name: String, default defaultValue: Value, in range: ClosedRange<Value>, _ meaning: String) {
    self.init(name, default: defaultValue, meaning) { value in
      range.contains(value)
        ? nil : "must be \(range.lowerBound.configurationText) to \(range.upperBound.configurationText)"
    }
  }
}

/// A key without its type.
public struct KeyDeclaration: Sendable {
  /// The dotted name.
  public let name: String
  /// What a person may write.
  public let form: String
  /// The default, as text.
  public let defaultText: String
  /// What it means.
  public let meaning: String
  /// Whether its value is never printed and never taken from a flag.
  public let isSecret: Bool
  /// Says what is wrong with a text; nil where nothing is.
  let fault: @Sendable (String) -> String?
  /// The one way of writing a value: two texts of the same value become one.
  let canonical: @Sendable (String) -> String

  /// A secret: from the environment, or from the file that the key with `_file` behind its name points to.
  public static func secret(_ name: String, _ meaning: String) -> KeyDeclaration {
    KeyDeclaration(
      name: name, form: "text, from the environment or \(name)_file", defaultText: "", meaning: meaning,
      isSecret: true, fault: { _ in nil }, canonical: { $0 })
  }

  /// The environment variable that sets the key.
  public var environmentName: String {
    "DEALPULSE_" + name.uppercased().map { $0 == "." ? "_" : String($0) }.joined()
  }
}

/// The keys that a program knows, and the parts of its file that it reads by itself.
public struct ConfigurationSchema: Sendable {
  /// The keys.
  public var keys: [KeyDeclaration]
  /// Names of top-level parts with a structure of their own.
  public var parts: Set<String>

  /// A schema.
  public init(keys: [KeyDeclaration], parts: Set<String> = []) {
    self.keys = keys
    self.parts = parts
  }
}
