/// One thread's memory of symbols by their bytes: a look-up takes no lock and makes no string.
final class SymbolCache {
  private struct Entry {
    var hash: UInt64
    var start: UInt32
    var length: UInt32
    var symbol: Symbol
  }

  private var slots = [Int32](repeating: -1, count: 1_024)
  private var entries: [Entry] = []
  private var bytes: [UInt8] = []

  func symbol(for text: UnsafeRawBufferPointer) -> Symbol {
    let hash = Self.hash(text)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0 {
      let entry = entries[Int(slots[slot])]
      if entry.hash == hash, entry.length == text.count, holds(entry, text) { return entry.symbol }
      slot = (slot + 1) & (slots.count - 1)
    }
    return insert(text, hash)
  }

  private func holds(_ entry: Entry, _ text: UnsafeRawBufferPointer) -> Bool {
    let start = Int(entry.start)
    for index in 0..<text.count where bytes[start + index] != text[index] { return false }
    return true
  }

  private func insert(_ text: UnsafeRawBufferPointer, _ hash: UInt64) -> Symbol {
    let symbol = Symbol(String(decoding: text, as: UTF8.self))
    entries.append(
      Entry(hash: hash, start: UInt32(bytes.count), length: UInt32(text.count), symbol: symbol))
    bytes.append(contentsOf: text)
    if entries.count * 2 > slots.count { slots = [Int32](repeating: -1, count: slots.count * 2) }
    rehash()
    return symbol
  }

  private func rehash() {
    for index in slots.indices { slots[index] = -1 }
    for (number, entry) in entries.enumerated() {
      var slot = Int(truncatingIfNeeded: entry.hash) & (slots.count - 1)
      while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
      slots[slot] = Int32(number)
    }
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
