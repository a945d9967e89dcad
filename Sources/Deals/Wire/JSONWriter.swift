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
  private var symbols = EscapedSymbols()
  private var days = WrittenDays()
  private var numbers = WrittenNumbers()

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
    Self.copy(start, to: memory + count, bytes.count)
    count += bytes.count
  }

  /// Copies a few bytes without a call: most texts are shorter than what a call of memcpy costs.
  @inline(__always)
  private static func copy(_ from: UnsafePointer<UInt8>, to: UnsafeMutablePointer<UInt8>, _ count: Int) {
    let (source, target) = (UnsafeRawPointer(from), UnsafeMutableRawPointer(to))
    if count > 32 { return to.update(from: from, count: count) }
    if count >= 8 {
      var offset = 0
      while offset + 8 <= count {
        target.storeBytes(
          of: source.loadUnaligned(fromByteOffset: offset, as: UInt64.self), toByteOffset: offset, as: UInt64.self)
        offset += 8
      }
      // The last eight again, whole: they overlap what was copied.
      let last = count - 8
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: last, as: UInt64.self), toByteOffset: last, as: UInt64.self)
      return
    }
    if count >= 4 {
      let last = count - 4
      let (head, tail) = (
        source.loadUnaligned(as: UInt32.self), source.loadUnaligned(fromByteOffset: last, as: UInt32.self)
      )
      target.storeBytes(of: head, as: UInt32.self)
      target.storeBytes(of: tail, toByteOffset: last, as: UInt32.self)
      return
    }
    for index in 0..<count { to[index] = from[index] }
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
  ///
  /// Inlined: the length is known where it is called, and the copy of it a few stores.
  @inline(__always)
  public mutating func key(_ name: StaticString) {
    putKey(name.utf8Start, name.utf8CodeUnitCount)
  }

  @inline(__always)
  mutating func putKey(_ name: UnsafePointer<UInt8>, _ length: Int) {
    makeRoom(length + 4)
    var target = memory + count
    if needsComma {
      target[0] = UInt8(ascii: ",")
      target += 1
    }
    target[0] = UInt8(ascii: "\"")
    Self.copy(name, to: target + 1, length)
    target += length + 1
    target[0] = UInt8(ascii: "\"")
    target[1] = UInt8(ascii: ":")
    count = target - memory + 2
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
    separate()
    makeRoom(EscapedSymbols.room)
    if let length = symbols.write(symbol, to: memory + count) {
      count += length
    } else {
      symbols.longText(of: symbol).withUnsafeBufferPointer { put($0) }
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
    makeRoom(32)
    count += numbers.write(value, to: memory + count)
    needsComma = true
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
    makeRoom(32)
    let day = instant.day
    let rest = UInt32(truncatingIfNeeded: instant.milliseconds - Timestamp(day).milliseconds)
    days.write(day, to: memory + count)
    count += 10
    let seconds = rest / 1_000
    let target = memory + count
    target[0] = UInt8(ascii: "T")
    Self.putTwo(seconds / 3_600, target + 1)
    target[3] = UInt8(ascii: ":")
    Self.putTwo(seconds / 60 % 60, target + 4)
    target[6] = UInt8(ascii: ":")
    Self.putTwo(seconds % 60, target + 7)
    count += 9
    if rest % 1_000 != 0 {
      put(UInt8(ascii: "."))
      appendPadded(Int(rest % 1_000), digits: 3)
    }
    put(UInt8(ascii: "Z"))
  }

  @inline(__always)
  private static func putTwo(_ value: UInt32, _ target: UnsafeMutablePointer<UInt8>) {
    target[0] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10)
    target[1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
  }

  /// An event's identity as a UUID.
  public mutating func eventID(_ id: EventID) {
    separate()
    makeRoom(40)
    let target = UnsafeMutableRawPointer(memory + count)
    let (first, second) = (Self.hexadecimal(id.high >> 32), Self.hexadecimal(id.high & 0xFFFF_FFFF))
    let (third, fourth) = (Self.hexadecimal(id.low >> 32), Self.hexadecimal(id.low & 0xFFFF_FFFF))
    let dash = UInt8(ascii: "-")
    target.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
    target.storeBytes(of: first, toByteOffset: 1, as: UInt64.self)
    target.storeBytes(of: dash, toByteOffset: 9, as: UInt8.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: second), toByteOffset: 10, as: UInt32.self)
    target.storeBytes(of: dash, toByteOffset: 14, as: UInt8.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: second >> 32), toByteOffset: 15, as: UInt32.self)
    target.storeBytes(of: dash, toByteOffset: 19, as: UInt8.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: third), toByteOffset: 20, as: UInt32.self)
    target.storeBytes(of: dash, toByteOffset: 24, as: UInt8.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: third >> 32), toByteOffset: 25, as: UInt32.self)
    target.storeBytes(of: fourth, toByteOffset: 29, as: UInt64.self)
    target.storeBytes(of: UInt8(ascii: "\""), toByteOffset: 37, as: UInt8.self)
    count += 38
    needsComma = true
  }

  /// A bare text for a header, not JSON: an event's identity as a UUID.
  public mutating func text(_ id: EventID) {
    eventID(id)
    // The quotes around it go.
    (memory + count - 38).update(from: memory + count - 37, count: 36)
    count -= 2
  }

  /// A bare text for a header, not JSON: an instant as RFC 3339 in UTC.
  public mutating func text(_ instant: Timestamp) { bareTimestamp(instant) }

  /// A bare text for a header, not JSON: a source position as partition-offset.
  public mutating func text(_ source: SourcePosition) {
    appendInteger(Int64(source.partition))
    put(UInt8(ascii: "-"))
    appendInteger(source.offset)
  }

  /// 64 bits as 16 hexadecimal digits in a string: JSON's numbers do not hold them.
  public mutating func hexadecimal(_ value: UInt64) {
    separate()
    makeRoom(18)
    let target = UnsafeMutableRawPointer(memory + count)
    target.storeBytes(of: UInt8(ascii: "\""), as: UInt8.self)
    target.storeBytes(of: Self.hexadecimal(value >> 32), toByteOffset: 1, as: UInt64.self)
    target.storeBytes(of: Self.hexadecimal(value & 0xFFFF_FFFF), toByteOffset: 9, as: UInt64.self)
    target.storeBytes(of: UInt8(ascii: "\""), toByteOffset: 17, as: UInt8.self)
    count += 18
    needsComma = true
  }

  /// The eight digits of 32 bits, the first in the lowest byte: nibbles are spread to bytes and turned into characters all
  /// at once.
  @inline(__always)
  private static func hexadecimal(_ value: UInt64) -> UInt64 {
    var spread = (value & 0xFFFF) << 32 | value >> 16
    spread = (spread & 0x0000_00FF_0000_00FF) << 16 | (spread >> 8) & 0x0000_00FF_0000_00FF
    spread = (spread & 0x000F_000F_000F_000F) << 8 | (spread >> 4) & 0x000F_000F_000F_000F
    let letters = (spread &+ 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
    return (spread &+ 0x3030_3030_3030_3030 &+ letters &* 0x27).littleEndian
  }

  @inline(__always)
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
    if rest < 10 {
      memory[count] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest)
      count += 1
      return
    }
    var digits = 2
    var limit: UInt64 = 100
    while digits < 19, rest >= limit {
      limit &*= 10
      digits += 1
    }
    if digits == 19, rest >= 10_000_000_000_000_000_000 { digits = 20 }
    var place = count + digits
    count = place
    repeat {
      place -= 1
      memory[place] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
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
    makeRoom(utf8.count + 2)
    put(UInt8(ascii: "\""))
    if Self.isPlain(utf8) {
      put(utf8)
    } else {
      for byte in utf8 { putEscaped(byte) }
    }
    put(UInt8(ascii: "\""))
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
