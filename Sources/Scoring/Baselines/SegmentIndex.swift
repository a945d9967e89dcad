import Deals

/// Finds a segment's place in the table of windows. One look-up in an array for a dimension's value, one in a table of
/// hashes for a pair.
struct SegmentIndex: Sendable {
  private static let dimensions = Dimension.allCases.count

  /// The place of each value in each dimension, −1 where there is none: one row for each symbol.
  private var places: [Int32] = []
  private var pairs = SymbolPairs()
  private var repsByIndustry: [Symbol: [(rep: Symbol, index: Int)]] = [:]
  private var valuesByDimension = [[(value: Symbol, index: Int)]](repeating: [], count: dimensions)

  @inline(__always)
  func find(_ dimension: Dimension, _ value: Symbol) -> Int? {
    let cell = Self.cell(dimension, value)
    guard cell < places.count, places[cell] >= 0 else { return nil }
    return Int(places[cell])
  }

  @inline(__always)
  func find(rep: Symbol, industry: Symbol) -> Int? { pairs.find(rep, industry) }

  func values(of dimension: Dimension) -> [(value: Symbol, index: Int)] {
    valuesByDimension[Int(dimension.rawValue)]
  }

  func reps(in industry: Symbol) -> [(rep: Symbol, index: Int)] { repsByIndustry[industry] ?? [] }

  /// The place of a segment; `next` where it is new.
  @inline(__always)
  mutating func place(_ dimension: Dimension, _ value: Symbol, next: Int) -> Int {
    if let index = find(dimension, value) { return index }
    insert(dimension, value, next)
    return next
  }

  @inline(never)
  private mutating func insert(_ dimension: Dimension, _ value: Symbol, _ index: Int) {
    let needed = (value.ordinal + 1) * Self.dimensions
    if places.count < needed { places.append(contentsOf: repeatElement(-1, count: needed - places.count)) }
    places[Self.cell(dimension, value)] = Int32(index)
    valuesByDimension[Int(dimension.rawValue)].append((value, index))
  }

  /// The place of a rep within an industry; `next` where it is new.
  @inline(__always)
  mutating func place(rep: Symbol, industry: Symbol, next: Int) -> Int {
    if let index = find(rep: rep, industry: industry) { return index }
    pairs.insert(rep, industry, next)
    repsByIndustry[industry, default: []].append((rep, next))
    return next
  }

  @inline(__always)
  private static func cell(_ dimension: Dimension, _ value: Symbol) -> Int {
    value.ordinal * dimensions + Int(dimension.rawValue)
  }
}

/// A place for each pair of symbols that was met: open addressing over a power of two, at most half full. Nothing is removed,
/// and nothing depends on the order of the slots.
private struct SymbolPairs: Sendable {
  private struct Slot: Sendable {
    var first: UInt32
    var second: UInt32
    /// −1 where the slot is empty.
    var place: Int32
  }

  private static let empty = Slot(first: 0, second: 0, place: -1)
  private var slots = [Slot](repeating: empty, count: 256)
  private var count = 0

  @inline(__always)
  func find(_ first: Symbol, _ second: Symbol) -> Int? {
    let place = slots[slot(first, second)].place
    return place < 0 ? nil : Int(place)
  }

  /// Adds a pair that was not met before.
  mutating func insert(_ first: Symbol, _ second: Symbol, _ place: Int) {
    if (count + 1) * 2 > slots.count { grow() }
    slots[slot(first, second)] = Slot(
      first: UInt32(first.ordinal), second: UInt32(second.ordinal), place: Int32(place))
    count += 1
  }

  private mutating func grow() {
    let old = slots
    slots = [Slot](repeating: Self.empty, count: old.count * 2)
    for kept in old where kept.place >= 0 { slots[slot(kept.first, kept.second)] = kept }
  }

  @inline(__always)
  private func slot(_ first: Symbol, _ second: Symbol) -> Int {
    slot(UInt32(truncatingIfNeeded: first.ordinal), UInt32(truncatingIfNeeded: second.ordinal))
  }

  /// The slot of a pair, or the empty one where it belongs.
  @inline(__always)
  private func slot(_ first: UInt32, _ second: UInt32) -> Int {
    let mask = slots.count - 1
    let mixed = (UInt64(first) << 32 | UInt64(second)) &* 0x9E37_79B9_7F4A_7C15
    var index = Int(truncatingIfNeeded: mixed >> 32) & mask
    while slots[index].place >= 0, slots[index].first != first || slots[index].second != second {
      index = (index + 1) & mask
    }
    return index
  }
}
