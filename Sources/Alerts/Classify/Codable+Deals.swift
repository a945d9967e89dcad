import Deals

// The vocabulary's exact values as plain numbers, for the router's store.

extension Money: Codable {
  /// Reads hundredths.
  public init(from decoder: any Decoder) throws {
    self.init(cents: try decoder.singleValueContainer().decode(Int64.self))
  }

  /// Writes hundredths.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(cents)
  }
}

extension RiskScore: Codable {
  /// Reads tenths.
  public init(from decoder: any Decoder) throws {
    self.init(tenths: Int(try decoder.singleValueContainer().decode(Int16.self)))
  }

  /// Writes tenths.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(tenths)
  }
}

extension Timestamp: Codable {
  /// Reads milliseconds since 1970.
  public init(from decoder: any Decoder) throws {
    self.init(milliseconds: try decoder.singleValueContainer().decode(Int64.self))
  }

  /// Writes milliseconds since 1970.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }
}

extension RiskTier: Codable {}
