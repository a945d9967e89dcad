/// Days as text, each made once and kept until another takes its place: the instants of a stream lie in few days.
struct WrittenDays {
  private struct Entry {
    var day = Day(number: .min)
    /// YYYY-MM-DD, its first byte lowest.
    var head: UInt64 = 0
    var tail: UInt16 = 0
  }

  private var entries: [Entry] = []
  private static let size = 512

  /// Writes a day as YYYY-MM-DD: ten bytes.
  @inline(__always)
  mutating func write(_ day: Day, to target: UnsafeMutablePointer<UInt8>) {
    if entries.isEmpty { entries = [Entry](repeating: Entry(), count: Self.size) }
    let index = Int(day.number) & (Self.size - 1)
    if entries[index].day != day { entries[index] = Self.entry(of: day) }
    let raw = UnsafeMutableRawPointer(target)
    raw.storeBytes(of: entries[index].head, as: UInt64.self)
    raw.storeBytes(of: entries[index].tail, toByteOffset: 8, as: UInt16.self)
  }

  private static func entry(of day: Day) -> Entry {
    let (year, month, dayOfMonth) = day.civil
    let dash = UInt64(UInt8(ascii: "-"))
    let head = pair(year / 100) | pair(year % 100) << 16 | dash << 32 | pair(month) << 40 | dash << 56
    return Entry(day: day, head: head.littleEndian, tail: UInt16(truncatingIfNeeded: pair(dayOfMonth)).littleEndian)
  }

  /// Two digits, the first in the lowest byte.
  private static func pair(_ value: Int) -> UInt64 {
    let rest = UInt64(truncatingIfNeeded: value)
    return (0x30 + rest / 10 % 10) | (0x30 + rest % 10) << 8
  }
}
