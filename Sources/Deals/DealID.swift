/// The CRM's name for a deal: 1 to 128 bytes of UTF-8 without control characters, not beginning with `#`.
///
/// Keys that begin with `#` are ours: they mark the records in `deals.state` that are no deal.
public struct DealID: Hashable, Sendable {
  /// The id as the CRM writes it.
  public let text: String

  /// The longest id, in bytes of UTF-8.
  public static let maximumBytes = 128

  /// A hash of the id's bytes for tables of one process: another seed gives another hash.
  public func hash(seed: UInt64) -> UInt64 {
    var text = text
    return text.withUTF8 { SymbolCache.hash(UnsafeRawBufferPointer($0), seed: seed) }
  }

  /// The id, or nil where the text is not a possible one.
  public init?(_ text: String) {
    guard (1...Self.maximumBytes).contains(text.utf8.count), text.utf8.first != UInt8(ascii: "#") else { return nil }
    guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
    self.text = text
  }
}

extension DealID: CustomStringConvertible, Comparable {
  /// The id itself.
  public var description: String { text }

  /// Ids order by their bytes, so that every machine sorts alike.
  public static func < (left: DealID, right: DealID) -> Bool {
    left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
  }
}
