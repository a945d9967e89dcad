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
    var text = text
    guard text.withUTF8({ Self.isPossible(UnsafeRawBufferPointer($0)) }) else { return nil }
    self.text = text
  }

  /// The id in bytes that are known to be UTF-8, or nil where they are not a possible one.
  init?(utf8: UnsafeRawBufferPointer) {
    guard Self.isPossible(utf8) else { return nil }
    text = String(decoding: utf8, as: UTF8.self)
  }

  @inline(__always)
  private static func isPossible(_ utf8: UnsafeRawBufferPointer) -> Bool {
    guard (1...maximumBytes).contains(utf8.count), utf8[0] != UInt8(ascii: "#") else { return false }
    var isPlain = true
    for byte in utf8 { isPlain = isPlain && byte >= 0x20 && byte != 0x7F }
    return isPlain
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
