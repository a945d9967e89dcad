import Deals

/// What an alert is about, as 128 bits: its kind and its subject, never anything that changes while it is open.
public struct Fingerprint: Hashable, Sendable, Comparable {
  /// The bits.
  public let id: EventID

  /// The fingerprint of a kind and a subject. The version stands in it, so that a new form never meets an old one.
  public init(kind: AlertKind, subject: String) {
    var hash = IdentityHash()
    hash.combine("v1")
    hash.combine(kind.rawValue)
    hash.combine(subject)
    id = hash.finish()
  }

  /// A fingerprint as `text` writes it.
  public init(text: String) { id = EventID(text: text) }

  /// The bits as a UUID.
  public var text: String { id.description }

  /// By bits, so that every machine sorts alike.
  public static func < (left: Fingerprint, right: Fingerprint) -> Bool {
    (left.id.high, left.id.low) < (right.id.high, right.id.low)
  }
}

extension Fingerprint: Codable {
  /// Reads a UUID.
  public init(from decoder: any Decoder) throws {
    self.init(text: try decoder.singleValueContainer().decode(String.self))
  }

  /// Writes a UUID.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
