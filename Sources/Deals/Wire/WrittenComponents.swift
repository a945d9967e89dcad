/// Components of scores as text, each made once and kept until another takes its place: what a score says of a segment is
/// what the one before said of it, until the next deal of the segment closes.
///
/// The memory is raw for the reason that `JSONWriter`'s is.
struct WrittenComponents: ~Copyable {
  private struct Entry {
    var component = RiskComponent(
      factor: Symbol(index: 0), value: nil, winRate: nil, deals: 0, weight: 0, contribution: 0)
    /// Bytes of the text; 0 for none yet.
    var length = 0
  }

  /// The longest text that is kept.
  static let room = 192
  private static let sizeBits = 9
  private static let size = 1 << sizeBits

  /// Made with the first component: most writers never write one.
  private var entries: UnsafeMutablePointer<Entry>?
  private var texts: UnsafeMutablePointer<UInt8>?

  init() {}

  deinit {
    entries?.deallocate()
    texts?.deallocate()
  }

  /// Writes a component into memory with room for `room` bytes; returns the number of bytes, 0 where its text is not kept.
  @inline(__always)
  func write(_ component: RiskComponent, to target: UnsafeMutablePointer<UInt8>) -> Int {
    guard let entries, let texts else { return 0 }
    let place = Self.place(of: component)
    let length = entries[place].length
    guard length > 0, entries[place].component.isSame(as: component) else { return 0 }
    let (source, target) = (UnsafeRawPointer(texts + place * Self.room), UnsafeMutableRawPointer(target))
    var offset = 0
    // Past the end, within the room of both: no byte is looked at by itself.
    while offset < length {
      let words = source.loadUnaligned(fromByteOffset: offset, as: (UInt64, UInt64, UInt64, UInt64).self)
      target.storeBytes(of: words, toByteOffset: offset, as: (UInt64, UInt64, UInt64, UInt64).self)
      offset += 32
    }
    return length
  }

  /// Keeps a component's text where it is short enough.
  mutating func keep(_ component: RiskComponent, _ text: UnsafeBufferPointer<UInt8>) {
    guard let start = text.baseAddress, text.count <= Self.room else { return }
    let (entries, texts) = memory()
    let place = Self.place(of: component)
    (texts + place * Self.room).update(from: start, count: text.count)
    entries[place] = Entry(component: component, length: text.count)
  }

  private mutating func memory() -> (UnsafeMutablePointer<Entry>, UnsafeMutablePointer<UInt8>) {
    if let entries, let texts { return (entries, texts) }
    let newEntries = UnsafeMutablePointer<Entry>.allocate(capacity: Self.size)
    newEntries.initialize(repeating: Entry(), count: Self.size)
    let newTexts = UnsafeMutablePointer<UInt8>.allocate(capacity: Self.size * Self.room)
    newTexts.initialize(repeating: 0, count: Self.size * Self.room)
    (entries, texts) = (newEntries, newTexts)
    return (newEntries, newTexts)
  }

  @inline(__always)
  private static func place(of component: RiskComponent) -> Int {
    let key = UInt64(component.factor.index) << 32 | UInt64(component.value?.index ?? .max)
    return Int((key &* 0x9E37_79B9_7F4A_7C15) >> UInt64(64 - sizeBits))
  }
}

extension RiskComponent {
  /// Whether both are written alike: by the bits of their numbers.
  @inline(__always)
  fileprivate func isSame(as other: RiskComponent) -> Bool {
    factor == other.factor && value == other.value && deals == other.deals
      && winRate?.bitPattern == other.winRate?.bitPattern && weight.bitPattern == other.weight.bitPattern
      && contribution.bitPattern == other.contribution.bitPattern
  }
}
