extension Timestamp {
  /// Reads an RFC 3339 time such as 2024-02-10T09:30:00Z or 2024-02-10T10:30:00.250+01:00; nil where it is none.
  ///
  /// Fractions are cut to milliseconds. A leap second (second 60) counts as the second after 59.
  public init?(rfc3339 text: UnsafeRawBufferPointer) {
    if let plain = PlainTime.parse(text) {
      self.init(milliseconds: plain)
      return
    }
    var parser = RFC3339Parser(text: text)
    guard let milliseconds = parser.parse() else { return nil }
    self.init(milliseconds: milliseconds)
  }

  /// Reads an RFC 3339 time; nil where it is none.
  public init?(rfc3339 text: String) {
    var text = text
    let parsed = text.withUTF8 { Timestamp(rfc3339: UnsafeRawBufferPointer($0)) }
    guard let parsed else { return nil }
    self = parsed
  }

  /// RFC 3339 in UTC, with milliseconds only where there are some.
  public var rfc3339: String {
    var buffer = TextBuffer()
    buffer.timestamp(self)
    return String(decoding: buffer.bytes, as: UTF8.self)
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC.
  public var description: String { rfc3339 }
}

/// The forms that nearly all times have, 2024-02-10T09:30:00Z and 2024-02-10T09:30:00.250Z, read without a loop. Nil of
/// any other form.
private enum PlainTime {
  static func parse(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count == 20 || text.count == 24, text[16] == UInt8(ascii: ":"),
      text[text.count - 1] == UInt8(ascii: "Z"), let milliseconds = milliseconds(text)
    else { return nil }
    // YYYY-MM- and DDTHH:MM as eight characters each, the first in the lowest byte. What differs from the form's zeros and
    // separators is a digit's value, or nothing.
    let date = text.loadUnaligned(as: UInt64.self).littleEndian ^ 0x2D30_302D_3030_3030
    let time =
      text.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian ^ 0x3030_3A30_3054_3030
    let second = two(text, 17)
    guard areDigits(date, separators: 0xFF00_00FF_0000_0000),
      areDigits(time, separators: 0x0000_FF00_00FF_0000),
      pair(time, 24) < 24, pair(time, 48) < 60, second < 60,
      let day = Day(
        year: pair(date, 0) * 100 + pair(date, 16), month: pair(date, 40), day: pair(time, 0))
    else { return nil }
    let minutes = pair(time, 24) * 60 + pair(time, 48)
    return (Int64(day.number) * 86_400 + Int64(minutes * 60 + second)) * 1_000 + milliseconds
  }

  /// Whether all bytes are 0 to 9, and those of the separators 0.
  @inline(__always)
  private static func areDigits(_ values: UInt64, separators: UInt64) -> Bool {
    // A byte above 9 reaches its top bit, or has it already.
    values & separators == 0
      && ((values & ~0x8080_8080_8080_8080) &+ 0x7676_7676_7676_7676 | values)
        & 0x8080_8080_8080_8080 == 0
  }

  /// The number of two digits from a bit on, the tens in the lower byte.
  @inline(__always)
  private static func pair(_ digits: UInt64, _ bit: UInt64) -> Int {
    Int(truncatingIfNeeded: (digits >> bit & 0xF) * 10 + (digits >> (bit + 8) & 0xF))
  }

  private static func milliseconds(_ text: UnsafeRawBufferPointer) -> Int64? {
    guard text.count == 24 else { return 0 }
    let (tenths, rest) = (text[20] &- 0x30, two(text, 21))
    guard text[19] == UInt8(ascii: "."), tenths < 10, rest < 100 else { return nil }
    return Int64(tenths) * 100 + Int64(rest)
  }

  @inline(__always)
  private static func two(_ text: UnsafeRawBufferPointer, _ place: Int) -> Int {
    let (tens, ones) = (text[place] &- 0x30, text[place + 1] &- 0x30)
    return tens < 10 && ones < 10 ? Int(tens) * 10 + Int(ones) : 100
  }
}

private struct RFC3339Parser {
  let text: UnsafeRawBufferPointer
  var position = 0

  mutating func parse() -> Int64? {
    guard text.count >= 20, let year = digits(4), take("-"), let month = digits(2), take("-"),
      let dayOfMonth = digits(2), let day = Day(year: year, month: month, day: dayOfMonth)
    else { return nil }
    guard take("T") || take("t") || take(" "), let hour = digits(2), take(":"),
      let minute = digits(2), take(":"),
      let second = digits(2), hour < 24, minute < 60, second <= 60
    else { return nil }
    guard let fraction = fraction(), let offset = offset(), position == text.count else {
      return nil
    }
    let seconds =
      Int64(day.number) * 86_400 + Int64(hour * 3_600 + minute * 60 + second) - Int64(offset) * 60
    return seconds * 1_000 + Int64(fraction)
  }

  private mutating func digits(_ count: Int) -> Int? {
    guard position + count <= text.count else { return nil }
    var value = 0
    for _ in 0..<count {
      let digit = text[position] &- 0x30
      guard digit < 10 else { return nil }
      value = value * 10 + Int(digit)
      position += 1
    }
    return value
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < text.count, text[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func fraction() -> Int? {
    guard take(".") else { return 0 }
    var milliseconds = 0
    var scale = 100
    let start = position
    while position < text.count, text[position] &- 0x30 < 10 {
      milliseconds += Int(text[position] &- 0x30) * scale
      scale /= 10
      position += 1
    }
    return position > start ? milliseconds : nil
  }

  /// Minutes east of UTC.
  private mutating func offset() -> Int? {
    if take("Z") || take("z") { return 0 }
    let sign = take("+") ? 1 : take("-") ? -1 : 0
    guard sign != 0, let hours = digits(2), take(":"), let minutes = digits(2), hours < 24,
      minutes < 60
    else {
      return nil
    }
    return sign * (hours * 60 + minutes)
  }
}
