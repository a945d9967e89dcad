/// One thread's memory of symbols by their bytes: a look-up takes no lock, makes no string and, for texts of up to sixteen
/// bytes, looks at one place in memory.
///
/// The memory is raw for the reason that `JSONWriter`'s is: slots are only read and written here, and never beyond `mask`.
final class SymbolCache {
  private struct Slot {
    var words = Words()
    /// Bytes of the text and one: 0 where the slot is empty.
    var size: UInt32 = 0
    var symbol: UInt32 = 0
    /// Where a text that the words do not hold whole is kept.
    var text: UInt32 = 0
  }

  /// The first sixteen bytes of a text, the first lowest, with zeros behind a shorter one; of a longer text the first and
  /// the last eight. Two texts of the same length of at most sixteen bytes are equal where these are.
  struct Words: Equatable {
    private(set) var first: UInt64 = 0
    private(set) var last: UInt64 = 0

    fileprivate init() {}

    /// The words of a text of at most sixteen bytes, cut from words that may hold more behind it.
    @inline(__always)
    init(_ first: UInt64, _ last: UInt64, length: Int) {
      // A shift by all 64 bits gives 0.
      self.first = first & UInt64.max >> UInt64(max(0, 64 - length * 8))
      self.last = last & UInt64.max >> UInt64(min(64, 128 - length * 8))
    }

    @inline(__always)
    fileprivate init(_ text: UnsafeRawBufferPointer) {
      let count = text.count
      if count >= 8 {
        first = UInt64(littleEndian: text.loadUnaligned(as: UInt64.self))
        last = UInt64(littleEndian: text.loadUnaligned(fromByteOffset: count - 8, as: UInt64.self))
        if count < SymbolCache.wholeLength { last >>= UInt64(128 - count * 8) }
      } else if count >= 4 {
        let tail = UInt32(littleEndian: text.loadUnaligned(fromByteOffset: count - 4, as: UInt32.self))
        first = UInt64(UInt32(littleEndian: text.loadUnaligned(as: UInt32.self)))
        first |= UInt64(tail) << UInt64(count * 8 - 32)
      } else {
        for byte in text.reversed() { first = first << 8 | UInt64(byte) }
      }
    }
  }

  /// The longest text that its words hold whole.
  static let wholeLength = 16

  // Unchecked, because a cache belongs to one thread and nothing is called while one of them is changed.
  @exclusivity(unchecked) private var slots: UnsafeMutablePointer<Slot>
  @exclusivity(unchecked) private var mask: Int
  private var count = 0
  private var texts: [[UInt8]] = []

  init() {
    mask = 1_023
    slots = Self.emptySlots(mask + 1)
  }

  deinit { slots.deallocate() }

  private static func emptySlots(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(), count: count)
    return slots
  }

  /// The symbol of a text in UTF-8.
  func symbol(for text: UnsafeRawBufferPointer) -> Symbol { known(text) ?? insert(text) }

  /// The symbol of a text that was asked for before; else nil. Bytes that are no UTF-8 are never known.
  @inline(__always)
  func known(_ text: UnsafeRawBufferPointer) -> Symbol? {
    let words = Words(text)
    return find(words, length: text.count, Self.hash(text, words)) { holds($0, text) }
  }

  /// The same for a text of at most sixteen bytes, by its words.
  @inline(__always)
  func known(_ words: Words, length: Int) -> Symbol? {
    find(words, length: length, Self.hash(words, length)) { _ in true }
  }

  /// - Parameter holds: Whether a slot of these words is the text's; asked of texts that the words do not hold whole.
  @inline(__always)
  private func find(_ words: Words, length: Int, _ hash: Int, _ holds: (Slot) -> Bool) -> Symbol? {
    let (slots, mask, size) = (slots, mask, UInt32(truncatingIfNeeded: length + 1))
    var place = hash & mask
    while slots[place].size != 0 {
      if slots[place].size == size, slots[place].words == words, length <= Self.wholeLength || holds(slots[place]) {
        return Symbol(index: slots[place].symbol)
      }
      place = (place + 1) & mask
    }
    return nil
  }

  @inline(never)
  private func holds(_ slot: Slot, _ text: UnsafeRawBufferPointer) -> Bool {
    texts[Int(slot.text)].withUnsafeBytes { $0.isSame(as: text) }
  }

  @inline(never)
  private func insert(_ text: UnsafeRawBufferPointer) -> Symbol {
    let symbol = Symbol(String(decoding: text, as: UTF8.self))
    if (count + 1) * 2 > mask { grow() }
    var slot = Slot(words: Words(text), size: UInt32(text.count + 1), symbol: symbol.index)
    if text.count > Self.wholeLength {
      slot.text = UInt32(texts.count)
      texts.append(Array(text))
    }
    put(slot, Self.hash(text, slot.words))
    count += 1
    return symbol
  }

  private func put(_ slot: Slot, _ hash: Int) {
    var place = hash & mask
    while slots[place].size != 0 { place = (place + 1) & mask }
    slots[place] = slot
  }

  private func grow() {
    let (old, oldCount) = (slots, mask + 1)
    mask = oldCount * 2 - 1
    slots = Self.emptySlots(oldCount * 2)
    for place in 0..<oldCount where old[place].size != 0 { put(old[place], hash(of: old[place])) }
    old.deallocate()
  }

  private func hash(of slot: Slot) -> Int {
    guard slot.size > Self.wholeLength + 1 else { return Self.hash(slot.words, Int(slot.size) - 1) }
    return texts[Int(slot.text)].withUnsafeBytes { Self.hash($0, slot.words) }
  }

  @inline(__always)
  private static func hash(_ text: UnsafeRawBufferPointer, _ words: Words) -> Int {
    text.count <= wholeLength ? hash(words, text.count) : Int(truncatingIfNeeded: hash(text))
  }

  @inline(__always)
  private static func hash(_ words: Words, _ length: Int) -> Int {
    var hash = (words.first ^ UInt64(length) &* 0x9E37_79B9_7F4A_7C15) &* 0xFF51_AFD7_ED55_8CCD
    hash = (hash ^ hash >> 32 ^ words.last) &* 0xC4CE_B9FE_1A85_EC53
    return Int(truncatingIfNeeded: hash ^ hash >> 29)
  }

  /// A hash of bytes, eight at a time. Not the same in every version: nothing that is written may depend on it.
  @inline(__always)
  static func hash(_ text: UnsafeRawBufferPointer, seed: UInt64 = 0x9E37_79B9_7F4A_7C15) -> UInt64 {
    var hash = seed ^ UInt64(text.count)
    var offset = 0
    while offset + 8 <= text.count {
      hash = (hash ^ text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0xFF51_AFD7_ED55_8CCD
      hash ^= hash >> 32
      offset += 8
    }
    var tail: UInt64 = 0
    while offset < text.count {
      tail = tail << 8 | UInt64(text[offset])
      offset += 1
    }
    hash = (hash ^ tail) &* 0xC4CE_B9FE_1A85_EC53
    return hash ^ (hash >> 29)
  }
}
