/// Bytes of text that grow, kept from record to record: no field costs an allocation. What JSON and tables have in common
/// stands here: texts, numbers and instants, without quotes and separators.
///
/// The buffer is raw memory, because an array checks for uniqueness and room at every byte, which made writing the most
/// expensive part of scoring. It is right: the buffer can't be copied, `makeRoom` comes before every store, and nothing
/// outside sees the memory but for the length of a call.
struct TextBuffer: ~Copyable {
  private(set) var memory: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  var count = 0
  private var days = WrittenDays()
  private var numbers = WrittenNumbers()

  /// An empty buffer.
  init() {
    capacity = 4_096
    memory = .allocate(capacity: capacity)
  }

  deinit { memory.deallocate() }

  /// Where the next byte goes.
  var end: UnsafeMutablePointer<UInt8> {
    @inline(__always) get { memory + count }
  }

  /// A copy of what was written.
  var bytes: [UInt8] { Array(UnsafeBufferPointer(start: memory, count: count)) }

  /// Gives away what was written, and goes on in the memory of a piece, which must be empty.
  mutating func exchange(with piece: TextPiece) {
    swap(&memory, &piece.memory)
    swap(&capacity, &piece.capacity)
    swap(&count, &piece.count)
  }

  @inline(__always)
  mutating func makeRoom(_ more: Int) {
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
  mutating func put(_ byte: UInt8) {
    makeRoom(1)
    memory[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let start = bytes.baseAddress else { return }
    makeRoom(bytes.count)
    Self.copy(start, to: memory + count, bytes.count)
    count += bytes.count
  }

  /// Copies a few bytes without a call: most texts are shorter than what a call of memcpy costs.
  @inline(__always)
  static func copy(_ from: UnsafePointer<UInt8>, to: UnsafeMutablePointer<UInt8>, _ count: Int) {
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

  /// A text that stands in the program.
  @inline(__always)
  mutating func word(_ text: StaticString) {
    put(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// A symbol's text, in the form that `symbols` keeps.
  @inline(__always)
  mutating func symbol(_ symbol: Symbol, _ symbols: inout EscapedSymbols) {
    makeRoom(EscapedSymbols.room)
    if let length = symbols.write(symbol, to: memory + count) {
      count += length
    } else {
      symbols.longText(of: symbol).withUnsafeBufferPointer { put($0) }
    }
  }

  /// A finite number in the shortest form that reads back as the same bits.
  @inline(__always)
  mutating func number(_ value: Double) {
    // Most numbers are whole, such as amounts, or have one decimal, such as percentiles. Those are written out: the shortest
    // form of 100,000 would be 1e+05.
    if value.sign == .plus, value < 1e14 {
      if value == value.rounded(.towardZero) { return integer(Int64(value)) }
      let tenths = value * 10
      if tenths == tenths.rounded(.towardZero), tenths / 10 == value { return self.tenths(Int(tenths)) }
    }
    makeRoom(32)
    count += numbers.write(value, to: memory + count)
  }

  /// A whole number of tenths as a number, such as 57.3.
  mutating func tenths(_ value: Int) {
    integer(Int64(value / 10))
    if value % 10 != 0 {
      put(UInt8(ascii: "."))
      put(UInt8(ascii: "0") + UInt8(value % 10))
    }
  }

  /// An amount as a number, such as 75000 or 19.99.
  mutating func money(_ amount: Money) {
    let cents = amount.cents.magnitude
    if amount.cents < 0 { put(UInt8(ascii: "-")) }
    integer(Int64(cents / 100))
    let rest = cents % 100
    if rest != 0 {
      put(UInt8(ascii: "."))
      padded(Int(rest), digits: 2)
    }
  }

  /// An instant as RFC 3339 in UTC.
  mutating func timestamp(_ instant: Timestamp) {
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
      padded(Int(rest % 1_000), digits: 3)
    }
    put(UInt8(ascii: "Z"))
  }

  @inline(__always)
  private static func putTwo(_ value: UInt32, _ target: UnsafeMutablePointer<UInt8>) {
    target[0] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10)
    target[1] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10)
  }

  /// An event's identity as a UUID.
  mutating func uuid(_ id: EventID) {
    makeRoom(36)
    let target = UnsafeMutableRawPointer(memory + count)
    let (first, second) = (Self.hexadecimal(id.high >> 32), Self.hexadecimal(id.high & 0xFFFF_FFFF))
    let (third, fourth) = (Self.hexadecimal(id.low >> 32), Self.hexadecimal(id.low & 0xFFFF_FFFF))
    let dash = UInt8(ascii: "-")
    target.storeBytes(of: first, as: UInt64.self)
    target.storeBytes(of: dash, toByteOffset: 8, as: UInt8.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: second), toByteOffset: 9, as: UInt32.self)
    target.storeBytes(of: dash, toByteOffset: 13, as: UInt8.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: second >> 32), toByteOffset: 14, as: UInt32.self)
    target.storeBytes(of: dash, toByteOffset: 18, as: UInt8.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: third), toByteOffset: 19, as: UInt32.self)
    target.storeBytes(of: dash, toByteOffset: 23, as: UInt8.self)
    target.storeBytes(of: UInt32(truncatingIfNeeded: third >> 32), toByteOffset: 24, as: UInt32.self)
    target.storeBytes(of: fourth, toByteOffset: 28, as: UInt64.self)
    count += 36
  }

  /// 64 bits as 16 hexadecimal digits.
  mutating func hexadecimal(_ value: UInt64) {
    makeRoom(16)
    let target = UnsafeMutableRawPointer(memory + count)
    target.storeBytes(of: Self.hexadecimal(value >> 32), as: UInt64.self)
    target.storeBytes(of: Self.hexadecimal(value & 0xFFFF_FFFF), toByteOffset: 8, as: UInt64.self)
    count += 16
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

  /// A whole number.
  @inline(__always)
  mutating func integer(_ value: Int64) {
    guard UInt64(bitPattern: value) < 100_000_000 else { return longInteger(value) }
    makeRoom(8)
    let digits = Self.eightDigits(UInt64(bitPattern: value))
    // Of eight zeros the last is written.
    let zeros = min(7, digits.trailingZeroBitCount / 8)
    let text = (digits | 0x3030_3030_3030_3030) >> UInt64(zeros * 8)
    UnsafeMutableRawPointer(memory + count).storeBytes(of: text.littleEndian, as: UInt64.self)
    count += 8 - zeros
  }

  /// The digits of a number below 100,000,000, the first in the lowest byte: all are split at once, hundreds from hundreds and
  /// tens from ones, with multiplications that are exact in these ranges.
  @inline(__always)
  private static func eightDigits(_ value: UInt64) -> UInt64 {
    let fours = value / 10_000 | (value % 10_000) << 32
    let hundreds = (fours &* 10_486) >> 20 & 0x0000_007F_0000_007F
    let twos = hundreds | (fours &- hundreds &* 100) << 16
    let tens = (twos &* 103) >> 10 & 0x000F_000F_000F_000F
    return tens | (twos &- tens &* 10) << 8
  }

  private mutating func longInteger(_ value: Int64) {
    makeRoom(20)
    if value < 0 { put(UInt8(ascii: "-")) }
    var rest = value.magnitude
    var digits = 1
    var limit: UInt64 = 10
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

  /// A whole number with zeros in front.
  mutating func padded(_ value: Int, digits: Int) {
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
}
