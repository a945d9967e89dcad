import CSimdJSON

/// Reads a record that lies byte for byte as `JSONWriter` writes it: no blanks, no escapes, members in one order.
///
/// A scanner only ever says yes to what `JSONReader` would read to the same value. At the first byte that is not as our own
/// writer would have it, it throws, and the general reader reads the record, or says what is wrong with it. So a method
/// here may give up whenever that is simpler; it may never guess.
///
/// The memory ends with the call that is given it, and nothing is read of it that `left` does not cover.
struct CanonicalScanner {
  /// The record is not in the canonical form, or holds a symbol that is met for the first time.
  struct Deviation: Error {}

  /// The next byte.
  private var next: UnsafeRawPointer
  /// How many bytes there are from the next on.
  private var left: Int
  private let symbols: SymbolCache

  /// What `body` reads from the whole record; nil where it deviates, or where something is left behind it.
  @inline(__always)
  static func scan<Record>(
    _ bytes: UnsafeRawBufferPointer, _ symbols: SymbolCache,
    _ body: (inout CanonicalScanner) throws(Deviation) -> Record
  ) -> Record? {
    // Nothing that we write is longer, and every reader takes records that long.
    guard let start = bytes.baseAddress, bytes.count <= 16_384 else { return nil }
    var scanner = CanonicalScanner(next: start, left: bytes.count, symbols: symbols)
    guard let record = try? body(&scanner), scanner.left == 0 else { return nil }
    return record
  }

  /// Moves past bytes of which it is known that they are there.
  @inline(__always)
  private mutating func advance(_ count: Int) {
    next += count
    left -= count
  }

  /// Eight bytes from the next on or behind it, the first lowest; they must be there.
  @inline(__always)
  private func word(_ offset: Int = 0) -> UInt64 {
    UInt64(littleEndian: next.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// A byte behind the next, which must be there.
  @inline(__always)
  private func byte(_ offset: Int) -> UInt8 { next.load(fromByteOffset: offset, as: UInt8.self) }

  /// The next byte, which is not taken; 0 at the end.
  @inline(__always)
  private var byte: UInt8 { left > 0 ? next.load(as: UInt8.self) : 0 }

  // MARK: Literals

  /// Takes a literal where it comes next.
  ///
  /// Inlined: the literal's words are known where it is called, and are compared without a call.
  @inline(__always)
  mutating func has(_ literal: StaticString) -> Bool {
    let length = literal.utf8CodeUnitCount
    guard left >= length else { return false }
    let own = UnsafeRawBufferPointer(start: next, count: length)
    guard own.isSame(as: UnsafeRawBufferPointer(start: literal.utf8Start, count: length)) else { return false }
    advance(length)
    return true
  }

  /// Takes a literal that must come next.
  @inline(__always)
  mutating func take(_ literal: StaticString) throws(Deviation) {
    guard has(literal) else { throw Deviation() }
  }

  /// Takes a member's name where it comes next, written with the comma before it: the first member of an object has none.
  mutating func hasMember(_ name: StaticString, _ isFirst: inout Bool) -> Bool {
    let comma = isFirst ? 1 : 0
    let length = name.utf8CodeUnitCount - comma
    guard left >= length else { return false }
    let own = UnsafeRawBufferPointer(start: next, count: length)
    guard own.isSame(as: UnsafeRawBufferPointer(start: name.utf8Start + comma, count: length)) else { return false }
    advance(length)
    isFirst = false
    return true
  }

  /// So many bytes.
  @inline(__always)
  mutating func bytes(_ count: Int) throws(Deviation) -> UnsafeRawBufferPointer {
    guard left >= count else { throw Deviation() }
    defer { advance(count) }
    return UnsafeRawBufferPointer(start: next, count: count)
  }

  // MARK: Texts

  /// The bytes of a text behind its first quote; the last one is taken.
  @inline(__always)
  mutating func text() throws(Deviation) -> UnsafeRawBufferPointer {
    let start = next
    while left >= 8, word().bytesToEscape == 0 { advance(8) }
    if left >= 8 {
      advance(word().bytesToEscape.trailingZeroBitCount / 8)
    } else {
      while left > 0, !byte.mustBeEscaped { advance(1) }
    }
    let text = UnsafeRawBufferPointer(start: start, count: next - start)
    try take("\"")
    return text
  }

  /// A symbol behind its first quote. It was met before, so that its bytes are known to be UTF-8.
  ///
  /// Texts of all lengths up to sixteen bytes are read in the same steps: a processor can't foresee the length.
  mutating func symbol() throws(Deviation) -> Symbol {
    guard left > SymbolCache.wholeLength else { return try longSymbol() }
    let (first, last) = (word(0), word(8))
    let (stops, laterStops) = (first.bytesToEscape, last.bytesToEscape)
    let length = (stops != 0 ? stops : laterStops).trailingZeroBitCount / 8 + (stops != 0 ? 0 : 8)
    // Without a stop the length is sixteen, and what comes next decides.
    guard byte(length) == UInt8(ascii: "\"") else { return try longSymbol() }
    guard length > 0, let symbol = symbols.known(SymbolCache.Words(first, last, length: length), length: length) else {
      throw Deviation()
    }
    advance(length + 1)
    return symbol
  }

  /// A symbol of any length.
  @inline(never)
  private mutating func longSymbol() throws(Deviation) -> Symbol {
    let text = try text()
    guard !text.isEmpty, let symbol = symbols.known(text) else { throw Deviation() }
    return symbol
  }

  /// An id behind its first quote, in ASCII: of any other nobody has looked whether it is UTF-8.
  mutating func dealID() throws(Deviation) -> DealID {
    let text = try text()
    guard text.allSatisfy({ $0 < 0x80 }), let id = DealID(utf8: text) else { throw Deviation() }
    return id
  }

  /// A time behind its first quote, as we write it, with milliseconds or without.
  @inline(__always)
  mutating func timestamp() throws(Deviation) -> Timestamp {
    guard left >= 25 else { throw Deviation() }
    let length = byte(19) == UInt8(ascii: ".") ? 24 : 20
    guard let instant = Timestamp(plain: UnsafeRawBufferPointer(start: next, count: length)) else { throw Deviation() }
    advance(length)
    try take("\"")
    return instant
  }

  // MARK: Numbers

  /// A whole number that is not negative.
  ///
  /// What may follow its digits in JSON and make it another number, a dot or an exponent, begins no literal that is taken.
  @inline(__always)
  mutating func integer() throws(Deviation) -> Int64 {
    let start = next
    let value = digits(0)
    guard isWhole(start), next - start <= 18 else { throw Deviation() }
    return Int64(truncatingIfNeeded: value)
  }

  /// A whole number within the range of its type.
  @inline(__always)
  mutating func integer<Value: FixedWidthInteger>(as type: Value.Type) throws(Deviation) -> Value {
    guard let value = Value(exactly: try integer()) else { throw Deviation() }
    return value
  }

  /// A number without sign or exponent, as the nearest double.
  @inline(__always)
  mutating func number() throws(Deviation) -> Double {
    let start = next
    let whole = digits(0)
    guard isWhole(start), next - start <= 18 else { throw Deviation() }
    guard byte == UInt8(ascii: ".") else { return Double(whole) }
    advance(1)
    let fraction = next
    let value = digits(whole)
    // 19 digits and the point: so many fit 64 bits.
    guard next > fraction, next - start <= 20 else { throw Deviation() }
    // The quotient of two numbers that doubles hold exactly is the nearest double (Clinger, "How to read floating point
    // numbers accurately", 1990).
    return value <= 1 << 53 ? Double(value) / Self.powersOfTen[next - fraction] : try Self.nearest(start, next - start)
  }

  /// An amount.
  @inline(__always)
  mutating func money() throws(Deviation) -> Money {
    guard let money = Money(units: try number()) else { throw Deviation() }
    return money
  }

  /// Takes digits and puts them behind a number's own; of more than 19 the result means nothing.
  @inline(__always)
  private mutating func digits(_ number: UInt64) -> UInt64 {
    var number = number
    while left >= 8, let eight = EightCharacters(word(), like: "00000000") {
      number = number &* 100_000_000 &+ eight.number
      advance(8)
    }
    while byte &- 0x30 < 10 {
      number = number &* 10 &+ UInt64(byte &- 0x30)
      advance(1)
    }
    return number
  }

  /// Whether the digits since `start` are a whole number as JSON has it: some, and no 0 in front of others.
  @inline(__always)
  private func isWhole(_ start: UnsafeRawPointer) -> Bool {
    let count = next - start
    return count == 1 || (count > 1 && start.load(as: UInt8.self) != UInt8(ascii: "0"))
  }

  /// The double nearest to digits with a point among them.
  @inline(never)
  private static func nearest(_ start: UnsafeRawPointer, _ count: Int) throws(Deviation) -> Double {
    var number = 0.0
    guard dp_read_double(start, count, &number) else { throw Deviation() }
    return number
  }

  private static let powersOfTen = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18,
  ]
}
