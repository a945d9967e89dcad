/// The texts of symbols as they are written, quotes and escapes included, each made once.
///
/// A text of up to 31 bytes lies in its symbol's place itself, so that writing it is a copy of 32 bytes whatever its length.
/// The memory is raw for the reason that `JSONWriter`'s is.
struct EscapedSymbols: ~Copyable {
  private struct Place {
    /// The text's first 31 bytes and its length, or `long` where it is longer, in the last byte; 0 for none yet.
    var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    var mark: UInt8 { UInt8(truncatingIfNeeded: words.3 >> 56) }
  }

  private static let inlineLength = 31
  private static let long: UInt8 = 255
  /// The room that a text of at most `inlineLength` bytes takes while it is written.
  static let room = 32

  private var places: UnsafeMutablePointer<Place>
  private var capacity = 0
  private var longTexts: [UInt32: [UInt8]] = [:]

  /// How a text is written.
  private let form: (String) -> [UInt8]

  /// Nothing yet; `form` says how a text is written.
  init(_ form: @escaping (String) -> [UInt8]) {
    places = .allocate(capacity: 0)
    self.form = form
  }

  deinit { places.deallocate() }

  /// Writes a symbol's text into memory with room for 32 bytes; returns its length. Of a text that is longer nothing is
  /// written, and nil returned: see `longText(of:)`.
  @inline(__always)
  mutating func write(_ symbol: Symbol, to target: UnsafeMutablePointer<UInt8>) -> Int? {
    if symbol.ordinal >= capacity || places[symbol.ordinal].mark == 0 { keep(symbol) }
    let place = places + symbol.ordinal
    let mark = place.pointee.mark
    if mark == Self.long { return nil }
    UnsafeMutableRawPointer(target).storeBytes(of: place.pointee.words, as: (UInt64, UInt64, UInt64, UInt64).self)
    return Int(mark)
  }

  /// The text of a symbol for which `write` has returned nil.
  func longText(of symbol: Symbol) -> [UInt8] { longTexts[symbol.index] ?? [] }

  @inline(never)
  private mutating func keep(_ symbol: Symbol) {
    if symbol.ordinal >= capacity { grow(to: max(64, capacity * 2, symbol.ordinal + 1)) }
    let text = form(symbol.text)
    var bytes = [UInt8](repeating: 0, count: Self.room)
    if text.count <= Self.inlineLength {
      bytes.replaceSubrange(..<text.count, with: text)
      bytes[Self.room - 1] = UInt8(text.count)
    } else {
      longTexts[symbol.index] = text
      bytes[Self.room - 1] = Self.long
    }
    bytes.withUnsafeBytes { raw in
      func word(_ index: Int) -> UInt64 { raw.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self) }
      let last = UInt64(littleEndian: word(3))
      places[symbol.ordinal].words = (word(0), word(1), word(2), last)
    }
  }

  private mutating func grow(to larger: Int) {
    let grown = UnsafeMutablePointer<Place>.allocate(capacity: larger)
    grown.moveInitialize(from: places, count: capacity)
    (grown + capacity).initialize(repeating: Place(), count: larger - capacity)
    places.deallocate()
    places = grown
    capacity = larger
  }
}
