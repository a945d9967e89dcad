import CSimdJSON

/// Writes JSON into a buffer that is kept from record to record: no field costs an allocation.
///
/// The caller writes well-formed JSON; this type knows commas and escapes, not schemas.
public struct JSONWriter {
  /// What was written.
  public private(set) var bytes: [UInt8] = []
  private var needsComma = false
  private var symbols: [[UInt8]?] = []

  /// An empty writer.
  public init() { bytes.reserveCapacity(4_096) }

  /// Forgets what was written and keeps the memory.
  public mutating func removeAll() {
    bytes.removeAll(keepingCapacity: true)
    needsComma = false
  }

  /// Opens an object.
  public mutating func beginObject() {
    separate()
    bytes.append(UInt8(ascii: "{"))
    needsComma = false
  }

  /// Closes an object.
  public mutating func endObject() {
    bytes.append(UInt8(ascii: "}"))
    needsComma = true
  }

  /// Opens an array.
  public mutating func beginArray() {
    separate()
    bytes.append(UInt8(ascii: "["))
    needsComma = false
  }

  /// Closes an array.
  public mutating func endArray() {
    bytes.append(UInt8(ascii: "]"))
    needsComma = true
  }

  /// A member's name, which must need no escapes. Its value comes next.
  public mutating func key(_ name: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    name.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  /// null.
  public mutating func null() { word("null") }

  /// A truth value.
  public mutating func boolean(_ value: Bool) { word(value ? "true" : "false") }

  /// A text that needs no escapes.
  public mutating func plain(_ text: StaticString) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Any text.
  public mutating func string(_ text: String) {
    separate()
    Self.append(text, to: &bytes)
    needsComma = true
  }

  /// A symbol's text, whose escaped form is kept.
  public mutating func symbol(_ symbol: Symbol) {
    separate()
    if symbol.ordinal >= symbols.count {
      symbols.append(contentsOf: repeatElement(nil, count: symbol.ordinal + 1 - symbols.count))
    }
    if let known = symbols[symbol.ordinal] {
      bytes.append(contentsOf: known)
    } else {
      var escaped: [UInt8] = []
      Self.append(symbol.text, to: &escaped)
      symbols[symbol.ordinal] = escaped
      bytes.append(contentsOf: escaped)
    }
    needsComma = true
  }

  /// A whole number.
  public mutating func integer(_ value: Int64) {
    separate()
    appendInteger(value)
    needsComma = true
  }

  /// A number in the shortest form that reads back as the same bits; null where it is not finite.
  public mutating func number(_ value: Double) {
    guard value.isFinite else { return null() }
    separate()
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { buffer in
      let count = dp_write_double(buffer.baseAddress, value)
      bytes.append(contentsOf: UnsafeRawBufferPointer(start: buffer.baseAddress, count: count))
    }
    needsComma = true
  }

  /// A whole number of tenths as a number, such as 57.3.
  public mutating func tenths(_ value: Int) {
    separate()
    appendInteger(Int64(value / 10))
    if value % 10 != 0 {
      bytes.append(UInt8(ascii: "."))
      bytes.append(UInt8(ascii: "0") + UInt8(value % 10))
    }
    needsComma = true
  }

  /// An amount as a number, such as 75000 or 19.99.
  public mutating func money(_ amount: Money) {
    separate()
    let cents = amount.cents.magnitude
    if amount.cents < 0 { bytes.append(UInt8(ascii: "-")) }
    appendInteger(Int64(cents / 100))
    let rest = cents % 100
    if rest != 0 {
      bytes.append(UInt8(ascii: "."))
      appendPadded(Int(rest), digits: 2)
    }
    needsComma = true
  }

  /// An instant as RFC 3339 in UTC.
  public mutating func timestamp(_ instant: Timestamp) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    bareTimestamp(instant)
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  mutating func bareTimestamp(_ instant: Timestamp) {
    let day = instant.day
    let rest = Int(instant.milliseconds - Timestamp(day).milliseconds)
    let (year, month, dayOfMonth) = day.civil
    appendPadded(year, digits: 4)
    bytes.append(UInt8(ascii: "-"))
    appendPadded(month, digits: 2)
    bytes.append(UInt8(ascii: "-"))
    appendPadded(dayOfMonth, digits: 2)
    bytes.append(UInt8(ascii: "T"))
    appendPadded(rest / 3_600_000, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    appendPadded(rest / 60_000 % 60, digits: 2)
    bytes.append(UInt8(ascii: ":"))
    appendPadded(rest / 1_000 % 60, digits: 2)
    if rest % 1_000 != 0 {
      bytes.append(UInt8(ascii: "."))
      appendPadded(rest % 1_000, digits: 3)
    }
    bytes.append(UInt8(ascii: "Z"))
  }

  /// An event's identity as a UUID.
  public mutating func eventID(_ id: EventID) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { bytes.append(UInt8(ascii: "-")) }
      let word = nibble < 16 ? id.high : id.low
      bytes.append(Self.hexDigit(UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble & 15)) & 0xF)))
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  /// 64 bits as 16 hexadecimal digits in a string: JSON's numbers do not hold them.
  public mutating func hexadecimal(_ value: UInt64) {
    separate()
    bytes.append(UInt8(ascii: "\""))
    for nibble in 0..<16 {
      bytes.append(Self.hexDigit(UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * nibble) & 0xF)))
    }
    bytes.append(UInt8(ascii: "\""))
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
  }

  private mutating func word(_ text: StaticString) {
    separate()
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    needsComma = true
  }

  private mutating func appendInteger(_ value: Int64) {
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    if rest < 10 { return bytes.append(UInt8(ascii: "0") + UInt8(rest)) }
    let start = bytes.count
    while rest > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(rest % 10))
      rest /= 10
    }
    bytes[start...].reverse()
  }

  private mutating func appendPadded(_ value: Int, digits: Int) {
    var scale = digits == 4 ? 1_000 : digits == 3 ? 100 : 10
    while scale > 0 {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / scale % 10))
      scale /= 10
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      if utf8.allSatisfy({ $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }) {
        bytes.append(contentsOf: utf8)
      } else {
        for byte in utf8 { appendEscaped(byte, to: &bytes) }
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func appendEscaped(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    case 0x0A: bytes.append(contentsOf: "\\n".utf8)
    case 0x0D: bytes.append(contentsOf: "\\r".utf8)
    case 0x09: bytes.append(contentsOf: "\\t".utf8)
    case ..<0x20:
      bytes.append(contentsOf: "\\u00".utf8)
      bytes.append(hexDigit(byte >> 4))
      bytes.append(hexDigit(byte & 0xF))
    default: bytes.append(byte)
    }
  }
}
