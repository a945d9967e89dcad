extension Timestamp {
  /// The instants that can be written in RFC 3339, whose years have four digits: those of the years 0 to 9999 in UTC.
  public static var writable: ClosedRange<Timestamp> {
    Timestamp(milliseconds: -62_167_219_200_000)...Timestamp(milliseconds: 253_402_300_799_999)
  }

  /// Reads an RFC 3339 time such as 2024-02-10T09:30:00Z or 2024-02-10T10:30:00.250+01:00; nil where it is none, and where
  /// its zone puts it into a year of UTC that could not be written again.
  ///
  /// Fractions are cut to milliseconds. A leap second (second 60) counts as the second after 59.
  public init?(rfc3339 text: UnsafeRawBufferPointer) {
    if let plain = Timestamp(plain: text) {
      self = plain
      return
    }
    var parser = RFC3339Parser(text: text)
    guard let milliseconds = parser.parse(), Self.writable.contains(Timestamp(milliseconds: milliseconds)) else {
      return nil
    }
    self.init(milliseconds: milliseconds)
  }

  /// Reads a time in the form in which we write them; nil of any other form.
  init?(plain text: UnsafeRawBufferPointer) {
    guard let milliseconds = PlainTime.parse(text) else { return nil }
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
    guard let ending = ending(text), let yearAndMonth = EightCharacters(word(text, 0), like: "0000-00-"),
      let dayAndTime = EightCharacters(word(text, 8), like: "00T00:00"),
      let rest = EightCharacters(ending, like: ":00.000Z"),
      let day = Day(
        year: yearAndMonth.pair(0) * 100 + yearAndMonth.pair(2), month: yearAndMonth.pair(5), day: dayAndTime.pair(0))
    else { return nil }
    let (hour, minute, second) = (dayAndTime.pair(3), dayAndTime.pair(6), rest.pair(1))
    guard hour < 24, minute < 60, second < 60 else { return nil }
    let seconds = Int64(day.number) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
    return seconds * 1_000 + Int64(rest.pair(4) * 10 + rest.digit(6))
  }

  /// What follows the minute, with three zeros where there is no fraction.
  @inline(__always)
  private static func ending(_ text: UnsafeRawBufferPointer) -> UInt64? {
    switch text.count {
    case 24: return word(text, 16)
    case 20:
      let characters = UInt32(littleEndian: text.loadUnaligned(fromByteOffset: 16, as: UInt32.self))
      let zeros: UInt64 = 0x5A30_3030_2E00_0000  // .000Z behind three characters
      return characters >> 24 == UInt8(ascii: "Z") ? UInt64(characters & 0xFF_FFFF) | zeros : nil
    default: return nil
    }
  }

  @inline(__always)
  private static func word(_ text: UnsafeRawBufferPointer, _ place: Int) -> UInt64 {
    UInt64(littleEndian: text.loadUnaligned(fromByteOffset: place, as: UInt64.self))
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
