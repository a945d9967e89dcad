import CSimdJSON

/// Writes JSON into a buffer that is kept from record to record: no field costs an allocation.
///
/// The caller writes well-formed JSON; this type knows commas and escapes, not schemas.
///
/// The buffer is raw memory, because an array checks for uniqueness and room at every byte, which made writing the most
/// expensive part of scoring. It is right: the writer can't be copied, `makeRoom` comes before every store, and nothing
/// outside sees the memory but for the length of a call.
public struct JSONWriter: ~Copyable {
  private var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private var count = 0
  private var needsComma = false
  private var symbols: [[UInt8]] = []

  /// An empty writer.
  public init() {
    capacity = 4_096
    memory = .allocate(capacity: capacity)
  }

  deinit { memory.deallocate() }

  /// A copy of what was written.
  public var bytes: [UInt8] { Array(UnsafeBufferPointer(start: memory, count: count)) }

  /// Hands out what was written, for the length of a call.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: memory, count: count))
  }

  /// Forgets what was written and keeps the memory.
  public mutating func removeAll() {
    count = 0
    needsComma = false
  }

  @inline(__always)
  private mutating func makeRoom(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: memory, count: count)
    memory.deallocate()
    memory = larger
  }

  @inline(__always)
  private mutating func put(_ byte: UInt8) {
    makeRoom(1)
    memory[count] = byte
    count += 1
  }

  @inline(__always)
  private mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    makeRoom(bytes.count)
    (memory + count).update(from: start, count: bytes.count)
    count += bytes.count
  }

  /// Opens an object.
  public mutating func beginObject() {
    separate()
    put(UInt8(ascii: "{"))
    needsComma = false
  }

  /// Closes an object.
  public mutating func endObject() {
    put(UInt8(ascii: "}"))
    needsComma = true
  }

  /// Opens an array.
  public mutating func beginArray() {
    separate()
    put(UInt8(ascii: "["))
    needsComma = false
  }

  /// Closes an array.
  public mutating func endArray() {
    put(UInt8(ascii: "]"))
    needsComma = true
  }

  /// A member's name, which must need no escapes. Its value comes next.
  public mutating func key(_ name: StaticString) {
    let length = name.utf8CodeUnitCount
    makeRoom(length + 4)
    separate()
    memory[count] = UInt8(ascii: "\"")
    (memory + count + 1).update(from: name.utf8Start, count: length)
    memory[count + length + 1] = UInt8(ascii: "\"")
    memory[count + length + 2] = UInt8(ascii: ":")
    count += length + 3
    needsComma = false
  }

  /// null.
  public mutating func null() {
    separate()
    word("null")
    needsComma = true
  }

  /// A truth value.
  public mutating func boolean(_ value: Bool) {
    separate()
    word(value ? "true" : "false")
    needsComma = true
  }

  /// A text that needs no escapes.
  public mutating func plain(_ text: StaticString) {
    separate()
    put(UInt8(ascii: "\""))
    put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    put(UInt8(ascii: "\""))
    needsComma = true
  }

  /// Any text.
  public mutating func string(_ text: String) {
    separate()
    var text = text
    text.withUTF8 { putQuoted($0) }
    needsComma = true
  }

  /// A symbol's text, whose escaped form is kept.
  public mutating func symbol(_ symbol: Symbol) {
    if symbol.ordinal >= symbols.count || symbols[symbol.ordinal].isEmpty { keep(symbol) }
    separate()
    let length = symbols[symbol.ordinal].count
    makeRoom(length)
    symbols[symbol.ordinal].withUnsafeBufferPointer { escaped in
      guard let start = escaped.baseAddress else { return }
      (memory + count).update(from: start, count: length)
    }
    count += length
    needsComma = true
  }

  private mutating func keep(_ symbol: Symbol) {
    var writer = JSONWriter()
    writer.string(symbol.text)
    if symbol.ordinal >= symbols.count {
      symbols.append(contentsOf: repeatElement([], count: symbol.ordinal + 1 - symbols.count))
    }
    symbols[symbol.ordinal] = writer.bytes
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
    if putThousandths(value) {
      needsComma = true
      return
    }
    makeRoom(32)
    (memory + count).withMemoryRebound(to: CChar.self, capacity: 32) { count += dp_write_double($0, value) }
    needsComma = true
  }

  /// Writes a number of at most three decimals, such as a weight, without the search for its shortest form.
  ///
  /// A division by 1,000 is rounded like the reading of the decimal, so the two are the same double.
  private mutating func putThousandths(_ value: Double) -> Bool {
    let scaled = value * 1_000
    guard scaled >= 1, scaled < 1e9, let thousandths = Int(exactly: scaled.rounded()),
      Double(thousandths) / 1_000 == value
    else { return false }
    appendInteger(Int64(thousandths / 1_000))
    var rest = thousandths % 1_000
    guard rest > 0 else { return true }
    var digits = 3
    while rest % 10 == 0 {
      rest /= 10
      digits -= 1
    }
    put(UInt8(ascii: "."))
    appendPadded(rest, digits: digits)
    return true
  }

  /// A whole number of tenths as a number, such as 57.3.
  public mutating func tenths(_ value: Int) {
    separate()
    appendInteger(Int64(value / 10))
    if value % 10 != 0 {
      put(UInt8(ascii: "."))
      put(UInt8(ascii: "0") + UInt8(value % 10))
    }
    needsComma = true
  }

  /// An amount as a number, such as 75000 or 19.99.
  public mutating func money(_ amount: Money) {
    separate()
    let cents = amount.cents.magnitude
    if amount.cents < 0 { put(UInt8(ascii: "-")) }
    appendInteger(Int64(cents / 100))
    let rest = cents % 100
    if rest != 0 {
      put(UInt8(ascii: "."))
      appendPadded(Int(rest), digits: 2)
    }
    needsComma = true
  }

  /// An instant as RFC 3339 in UTC.
  public mutating func timestamp(_ instant: Timestamp) {
    separate()
    put(UInt8(ascii: "\""))
    bareTimestamp(instant)
    put(UInt8(ascii: "\""))
    needsComma = true
  }

  mutating func bareTimestamp(_ instant: Timestamp) {
    let day = instant.day
    let rest = Int(instant.milliseconds - Timestamp(day).milliseconds)
    let (year, month, dayOfMonth) = day.civil
    appendPadded(year, digits: 4)
    put(UInt8(ascii: "-"))
    appendPadded(month, digits: 2)
    put(UInt8(ascii: "-"))
    appendPadded(dayOfMonth, digits: 2)
    put(UInt8(ascii: "T"))
    appendPadded(rest / 3_600_000, digits: 2)
    put(UInt8(ascii: ":"))
    appendPadded(rest / 60_000 % 60, digits: 2)
    put(UInt8(ascii: ":"))
    appendPadded(rest / 1_000 % 60, digits: 2)
    if rest % 1_000 != 0 {
      put(UInt8(ascii: "."))
      appendPadded(rest % 1_000, digits: 3)
    }
    put(UInt8(ascii: "Z"))
  }

  /// An event's identity as a UUID.
  public mutating func eventID(_ id: EventID) {
    separate()
    put(UInt8(ascii: "\""))
    for nibble in 0..<32 {
      if nibble == 8 || nibble == 12 || nibble == 16 || nibble == 20 { put(UInt8(ascii: "-")) }
      let word = nibble < 16 ? id.high : id.low
      put(Self.hexDigit(UInt8(truncatingIfNeeded: word >> UInt64(60 - 4 * (nibble & 15)) & 0xF)))
    }
    put(UInt8(ascii: "\""))
    needsComma = true
  }

  /// 64 bits as 16 hexadecimal digits in a string: JSON's numbers do not hold them.
  public mutating func hexadecimal(_ value: UInt64) {
    separate()
    put(UInt8(ascii: "\""))
    for nibble in 0..<16 {
      put(Self.hexDigit(UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * nibble) & 0xF)))
    }
    put(UInt8(ascii: "\""))
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { put(UInt8(ascii: ",")) }
  }

  @inline(__always)
  private mutating func word(_ text: StaticString) {
    put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func appendInteger(_ value: Int64) {
    makeRoom(20)
    if value < 0 { put(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = count
    repeat {
      put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    // The digits came in reverse.
    var (left, right) = (start, count - 1)
    while left < right {
      (memory[left], memory[right]) = (memory[right], memory[left])
      left += 1
      right -= 1
    }
  }

  private mutating func appendPadded(_ value: Int, digits: Int) {
    makeRoom(digits)
    var rest = UInt32(truncatingIfNeeded: value)
    var place = count + digits
    while place > count {
      place -= 1
      memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += digits
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
  }

  private mutating func putQuoted(_ utf8: UnsafeBufferPointer<UInt8>) {
    put(UInt8(ascii: "\""))
    var isPlain = true
    for byte in utf8 where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      isPlain = false
      break
    }
    if isPlain {
      put(utf8)
    } else {
      for byte in utf8 { putEscaped(byte) }
    }
    put(UInt8(ascii: "\""))
  }

  private mutating func putEscaped(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      put(UInt8(ascii: "\\"))
      put(byte)
    case 0x0A: word("\\n")
    case 0x0D: word("\\r")
    case 0x09: word("\\t")
    case ..<0x20:
      word("\\u00")
      put(Self.hexDigit(byte >> 4))
      put(Self.hexDigit(byte & 0xF))
    default: put(byte)
    }
  }
}
