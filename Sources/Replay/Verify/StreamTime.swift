import Deals

/// How far stream time has come after each change of a partition.
struct StreamTime: Sendable {
  private var offsets: [Int64] = []
  private var times: [Timestamp] = []

  /// Takes in the next change; offsets ascend.
  mutating func note(_ change: DealChange, at offset: Int64) {
    offsets.append(offset)
    times.append(max(times.last ?? change.occurredAt, change.occurredAt))
  }

  /// The offset of the last change, nil where there is none.
  var lastOffset: Int64? { offsets.last }

  /// The highest event time up to and including an offset; nil where nothing stands there.
  func after(_ offset: Int64) -> Timestamp? {
    let count = Self.count(offsets) { $0 <= offset }
    return count == 0 ? nil : times[count - 1]
  }

  /// The offset whose change made stream time pass `due`, for a deal that has been in its stage since `entry`: time must
  /// have moved on from there. Nil where it has not.
  func offset(reaching due: Timestamp, since entry: Int64) -> Int64? {
    guard let start = after(entry) else { return nil }
    let index = Self.count(times) { $0 < due || $0 <= start }
    return index < offsets.count ? offsets[index] : nil
  }

  /// How many elements at the front hold a condition that none after them holds.
  private static func count<Element>(_ elements: [Element], _ holds: (Element) -> Bool) -> Int {
    var (low, high) = (0, elements.count)
    while low < high {
      let middle = (low + high) / 2
      if holds(elements[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
