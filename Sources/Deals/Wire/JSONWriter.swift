/// Writes JSON into a buffer that is kept from record to record: no field costs an allocation.
///
/// The caller writes well-formed JSON; this type knows commas and escapes, not schemas.
public struct JSONWriter: ~Copyable, RecordWriter {
  var buffer = TextBuffer()
  var needsComma = false
  var kept = WrittenComponents()
  let riskWords = RiskWords.shared
  var symbols = EscapedSymbols { JSONWriter.quoted($0) }
  /// The same texts without their quotes, for sentences.
  var innerSymbols = EscapedSymbols { Array(JSONWriter.quoted($0).dropFirst().dropLast()) }

  private static func quoted(_ text: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.string(text)
    return writer.bytes
  }

  /// An empty writer.
  public init() {}

  /// A copy of what was written.
  public var bytes: [UInt8] { buffer.bytes }

  /// How many bytes were written.
  public var count: Int { buffer.count }

  /// Hands out what was written, for the length of a call.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: buffer.memory, count: buffer.count))
  }

  /// Forgets what was written and keeps the memory.
  public mutating func removeAll() {
    buffer.count = 0
    needsComma = false
  }

  /// Ends a line: what comes next is another document.
  public mutating func endLine() {
    buffer.put(0x0A)
    needsComma = false
  }

  /// Gives away what was written, and goes on in the memory of a piece, which must be empty.
  public mutating func exchange(with piece: TextPiece) { buffer.exchange(with: piece) }

  /// Opens an object.
  public mutating func beginObject() {
    separate()
    buffer.put(UInt8(ascii: "{"))
    needsComma = false
  }

  /// Closes an object.
  public mutating func endObject() {
    buffer.put(UInt8(ascii: "}"))
    needsComma = true
  }

  /// Opens an array.
  public mutating func beginArray() {
    separate()
    buffer.put(UInt8(ascii: "["))
    needsComma = false
  }

  /// Closes an array.
  public mutating func endArray() {
    buffer.put(UInt8(ascii: "]"))
    needsComma = true
  }

  /// A member's name, which must need no escapes. Its value comes next.
  ///
  /// Inlined: the length is known where it is called, and the copy of it a few stores.
  @inline(__always)
  public mutating func key(_ name: StaticString) {
    putKey(name.utf8Start, name.utf8CodeUnitCount)
  }

  @inline(__always)
  mutating func putKey(_ name: UnsafePointer<UInt8>, _ length: Int) {
    buffer.makeRoom(length + 4)
    let start = buffer.end
    var target = start
    if needsComma {
      target[0] = UInt8(ascii: ",")
      target += 1
    }
    target[0] = UInt8(ascii: "\"")
    TextBuffer.copy(name, to: target + 1, length)
    target += length + 1
    target[0] = UInt8(ascii: "\"")
    target[1] = UInt8(ascii: ":")
    buffer.count += target - start + 2
    needsComma = false
  }

  /// null.
  public mutating func null() {
    separate()
    buffer.word("null")
    needsComma = true
  }

  /// A truth value.
  public mutating func boolean(_ value: Bool) {
    separate()
    buffer.word(value ? "true" : "false")
    needsComma = true
  }

  /// A text that needs no escapes.
  public mutating func plain(_ value: StaticString) {
    separate()
    buffer.put(UInt8(ascii: "\""))
    buffer.word(value)
    buffer.put(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Any text.
  public mutating func string(_ value: String) {
    separate()
    text(value)
    needsComma = true
  }

  /// Any text, without a comma before it.
  mutating func text(_ value: String) {
    var value = value
    value.withUTF8 { putQuoted($0) }
  }

  /// A symbol's text, whose escaped form is kept.
  public mutating func symbol(_ symbol: Symbol) {
    separate()
    buffer.symbol(symbol, &symbols)
    needsComma = true
  }

  /// A whole number.
  public mutating func integer(_ value: Int64) {
    separate()
    buffer.integer(value)
    needsComma = true
  }

  /// A number in the shortest form that reads back as the same bits; null where it is not finite.
  public mutating func number(_ value: Double) {
    guard value.isFinite else { return null() }
    separate()
    buffer.number(value)
    needsComma = true
  }

  /// A whole number of tenths as a number, such as 57.3.
  public mutating func tenths(_ value: Int) {
    separate()
    buffer.tenths(value)
    needsComma = true
  }

  /// An amount as a number, such as 75000 or 19.99.
  public mutating func money(_ amount: Money) {
    separate()
    buffer.money(amount)
    needsComma = true
  }

  /// An instant as RFC 3339 in UTC.
  public mutating func timestamp(_ instant: Timestamp) {
    separate()
    buffer.put(UInt8(ascii: "\""))
    buffer.timestamp(instant)
    buffer.put(UInt8(ascii: "\""))
    needsComma = true
  }

  /// An event's identity as a UUID.
  public mutating func eventID(_ id: EventID) {
    separate()
    buffer.put(UInt8(ascii: "\""))
    buffer.uuid(id)
    buffer.put(UInt8(ascii: "\""))
    needsComma = true
  }

  /// A bare text for a header, not JSON: an event's identity as a UUID.
  public mutating func text(_ id: EventID) { buffer.uuid(id) }

  /// A bare text for a header, not JSON: an instant as RFC 3339 in UTC.
  public mutating func text(_ instant: Timestamp) { buffer.timestamp(instant) }

  /// A bare text for a header, not JSON: a source position as partition-offset.
  public mutating func text(_ source: SourcePosition) {
    buffer.integer(Int64(source.partition))
    buffer.put(UInt8(ascii: "-"))
    buffer.integer(source.offset)
  }

  /// A bare text for the front of a line, not JSON: a deal's id and a tab, which no id holds.
  public mutating func text(_ id: DealID) {
    var text = id.text
    text.withUTF8 { buffer.put($0) }
    buffer.put(0x09)
  }

  /// 64 bits as 16 hexadecimal digits in a string: JSON's numbers do not hold them.
  public mutating func hexadecimal(_ value: UInt64) {
    separate()
    buffer.put(UInt8(ascii: "\""))
    buffer.hexadecimal(value)
    buffer.put(UInt8(ascii: "\""))
    needsComma = true
  }

  @inline(__always)
  mutating func separate() {
    if needsComma { buffer.put(UInt8(ascii: ",")) }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private mutating func putQuoted(_ utf8: UnsafeBufferPointer<UInt8>) {
    buffer.makeRoom(utf8.count + 2)
    buffer.put(UInt8(ascii: "\""))
    if Self.isPlain(utf8) {
      buffer.put(utf8)
    } else {
      for byte in utf8 { putEscaped(byte) }
    }
    buffer.put(UInt8(ascii: "\""))
  }

  /// Whether a text needs no escapes; looks at eight bytes at a time.
  @inline(__always)
  private static func isPlain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    let bytes = UnsafeRawBufferPointer(utf8)
    var offset = 0
    var found: UInt64 = 0
    while offset + 8 <= bytes.count {
      found |= bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).bytesToEscape
      offset += 8
    }
    while offset < bytes.count {
      if bytes[offset].mustBeEscaped { return false }
      offset += 1
    }
    return found == 0
  }

  private mutating func putEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      buffer.put(UInt8(ascii: "\\"))
      buffer.put(byte)
    case 0x0A: buffer.word("\\n")
    case 0x0D: buffer.word("\\r")
    case 0x09: buffer.word("\\t")
    case ..<0x20:
      buffer.word("\\u00")
      buffer.put(Self.hexDigit(byte >> 4))
      buffer.put(Self.hexDigit(byte & 0xF))
    default: buffer.put(byte)
    }
  }
}
