import Deals

/// Finds the place of a deal by its id: open addressing over places, whose ids lie in the table itself.
///
/// A dictionary would keep every id a second time, and looking up in it cost half as much as decoding. Hashes are seeded
/// anew in each process, so that nobody can choose ids that collide; nothing depends on the order of the slots.
struct DealIndex: Sendable {
  private struct Slot: Sendable {
    /// The id's hash, by which most other ids are told apart without looking at them.
    var hash: UInt32
    /// The place, or `vacant`, or `removed`.
    var place: Int32
  }

  private static let vacant: Int32 = -1
  private static let removed: Int32 = -2
  private static let seed = UInt64.random(in: .min ... .max)

  private var slots = [Slot](repeating: Slot(hash: 0, place: vacant), count: 64)
  /// Slots that hold a place or held one.
  private var taken = 0
  /// Deals in the index.
  private(set) var count = 0

  /// The place of an id, told by whether a place holds it.
  @inline(__always)
  func place(of id: DealID, _ holds: (Int32) -> Bool) -> Int32? {
    let (hash, mask) = (Self.hash(id), slots.count - 1)
    var index = Int(hash) & mask
    while slots[index].place != Self.vacant {
      let place = slots[index].place
      if slots[index].hash == hash, place >= 0, holds(place) { return place }
      index = (index + 1) & mask
    }
    return nil
  }

  /// Adds an id that is not in the index.
  mutating func insert(_ id: DealID, at place: Int32) {
    if (taken + 1) * 4 > slots.count * 3 { rebuild() }
    put(Slot(hash: Self.hash(id), place: place))
    count += 1
  }

  /// Removes an id from where it is.
  mutating func remove(_ id: DealID, at place: Int32) {
    let mask = slots.count - 1
    var index = Int(Self.hash(id)) & mask
    while slots[index].place != place {
      if slots[index].place == Self.vacant { return }
      index = (index + 1) & mask
    }
    slots[index].place = Self.removed
    count -= 1
  }

  private mutating func put(_ slot: Slot) {
    let mask = slots.count - 1
    var index = Int(slot.hash) & mask
    while slots[index].place >= 0 { index = (index + 1) & mask }
    if slots[index].place == Self.vacant { taken += 1 }
    slots[index] = slot
  }

  /// Grows, or only drops what was removed: between three eighths and three quarters of the slots are taken then.
  private mutating func rebuild() {
    let size = (count + 1) * 8 > slots.count * 3 ? slots.count * 2 : slots.count
    let old = slots
    slots = [Slot](repeating: Slot(hash: 0, place: Self.vacant), count: size)
    taken = 0
    for slot in old where slot.place >= 0 { put(slot) }
  }

  @inline(__always)
  private static func hash(_ id: DealID) -> UInt32 { UInt32(truncatingIfNeeded: id.hash(seed: seed)) }
}
