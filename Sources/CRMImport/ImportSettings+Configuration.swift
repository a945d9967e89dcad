import Configuration
import Deals

extension ImportSettings {
  /// The parts of `connector.yaml` that hold mappings.
  public static let parts: Set<String> = ["columns", "stages", "outcomes", "dates", "numbers", "csv"]

  /// The parts of `connector.yaml` that say how the connector runs: who only reads a table leaves them alone.
  private static let runtimeParts: Set<String> = ["kafka", "topics", "logging", "metrics"]

  /// Reads how a table is read from a file such as `config/connector.yaml`.
  ///
  /// - Throws: `ConfigurationFaults` with every fault and its line.
  public init(file: String) throws(ConfigurationFaults) {
    var settings = ImportSettings()
    _ = try Configuration(
      ConfigurationSchema(keys: [], parts: Self.parts.union(Self.runtimeParts)), file: file, environment: [:], flags: []
    ) { part, node throws(ConfigurationFault) in
      if Self.parts.contains(part) { try settings.read(part, node) }
    }
    self = settings
  }

  /// Takes in a part of `connector.yaml`.
  ///
  /// - Throws: `ConfigurationFault` with the line.
  public mutating func read(_ part: String, _ node: ConfigurationNode) throws(ConfigurationFault) {
    switch part {
    case "columns": try readColumns(node)
    case "stages": try readStages(node)
    case "outcomes": try readOutcomes(node)
    case "dates": try readDates(node)
    case "numbers":
      for (_, value) in try node.members(knowing: ["decimal_comma"]) { hasDecimalComma = try value.value() }
    default: try readTable(node)
    }
  }

  private mutating func readTable(_ node: ConfigurationNode) throws(ConfigurationFault) {
    for (name, value) in try node.members(knowing: ["separator", "encoding"]) {
      if name == "separator" {
        guard let text = value.text, text.utf8.count == 1, let character = text.first else {
          throw value.fault("must be one character such as , or ;")
        }
        separator = character
      } else {
        guard let known = value.text.flatMap({ TableEncoding(rawValue: $0.lowercased()) }) else {
          throw value.fault("must be one of \(TableEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        encoding = known
      }
    }
  }

  private mutating func readColumns(_ node: ConfigurationNode) throws(ConfigurationFault) {
    for (name, value) in try node.members(knowing: Field.allCases.map(\.rawValue)) {
      guard let field = Field(rawValue: name) else { continue }
      columns[field] = value.isNull ? nil : try value.value(String.self)
    }
  }

  private mutating func readStages(_ node: ConfigurationNode) throws(ConfigurationFault) {
    for (name, value) in node.members ?? [] {
      guard let stage = value.text.flatMap({ Stage(name: $0) }) else {
        throw value.fault("must be one of \(Stage.allCases.map(\.name).joined(separator: ", "))")
      }
      stages[name.lowercased()] = stage
    }
  }

  private mutating func readOutcomes(_ node: ConfigurationNode) throws(ConfigurationFault) {
    for (name, value) in node.members ?? [] {
      guard let word = value.text.flatMap({ OutcomeWord(rawValue: $0) }) else {
        throw value.fault("must be won, lost or open")
      }
      outcomes[name.lowercased()] = word
    }
  }

  private mutating func readDates(_ node: ConfigurationNode) throws(ConfigurationFault) {
    for (name, value) in try node.members(knowing: ["order", "utc_offset_minutes"]) {
      if name == "order" {
        guard let order = value.text.flatMap({ DateOrder(rawValue: $0) }) else {
          throw value.fault("must be day_first or month_first")
        }
        dateOrder = order
      } else {
        let minutes: Int = try value.value()
        guard (-840...840).contains(minutes) else { throw value.fault("must be -840 to 840") }
        zoneMinutes = minutes
      }
    }
  }
}
