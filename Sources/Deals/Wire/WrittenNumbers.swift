import CSimdJSON

/// Numbers as text, each made once and kept until another takes its place: the win rates in one score are those of the
/// score before.
///
/// The memory is raw for the reason that `JSONWriter`'s is.
struct WrittenNumbers: ~Copyable {
  private struct Entry {
    var bits: UInt64 = 0
    var length = 0
    /// Room for the 32 bytes of the longest number.
    var text: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  }

  private var entries: UnsafeMutablePointer<Entry>?
  private static let sizeBits = 10

  init() {}

  deinit { entries?.deallocate() }

  /// Writes a finite number in the shortest form that reads back as the same bits, into memory with room for 32 bytes;
  /// returns the number of bytes.
  @inline(__always)
  mutating func write(_ value: Double, to target: UnsafeMutablePointer<UInt8>) -> Int {
    let entries = entries ?? allocate()
    let bits = value.bitPattern
    let entry = entries + Int((bits &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - Self.sizeBits))
    if entry.pointee.length == 0 || entry.pointee.bits != bits { Self.fill(entry, value) }
    UnsafeMutableRawPointer(target).storeBytes(of: entry.pointee.text, as: (UInt64, UInt64, UInt64, UInt64).self)
    return entry.pointee.length
  }

  private mutating func allocate() -> UnsafeMutablePointer<Entry> {
    let made = UnsafeMutablePointer<Entry>.allocate(capacity: 1 << Self.sizeBits)
    made.initialize(repeating: Entry(), count: 1 << Self.sizeBits)
    entries = made
    return made
  }

  @inline(never)
  private static func fill(_ entry: UnsafeMutablePointer<Entry>, _ value: Double) {
    entry.pointee.bits = value.bitPattern
    withUnsafeMutablePointer(to: &entry.pointee.text) { text in
      text.withMemoryRebound(to: CChar.self, capacity: 32) { entry.pointee.length = dp_write_double($0, value) }
    }
  }
}
