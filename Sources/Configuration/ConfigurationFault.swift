/// One thing that is wrong with a configuration.
public struct ConfigurationFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file, environment variable or flag.
  public var source: String
  /// The line in the file, from 1.
  public var line: Int?
  /// The key.
  public var key: String?
  /// What is wrong and what to do.
  public var text: String

  /// A fault.
  public init(source: String, line: Int? = nil, key: String? = nil, _ text: String) {
    self.source = source
    self.line = line
    self.key = key
    self.text = text
  }

  /// `file:line: key: text`.
  public var description: String {
    "\(source)\(line.map { ":\($0)" } ?? ""): \(key.map { "\($0): " } ?? "")\(text)"
  }
}

/// Everything that is wrong with a configuration, so that one look mends it all.
public struct ConfigurationFaults: Error, Sendable, CustomStringConvertible {
  /// The faults, in the order in which they were met.
  public var faults: [ConfigurationFault]

  /// Faults.
  public init(_ faults: [ConfigurationFault]) { self.faults = faults }

  /// A line for each fault.
  public var description: String { faults.map(\.description).joined(separator: "\n") }
}
