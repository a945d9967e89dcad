import Deals
import HeapModule

/// When which deal is due, earliest first.
///
/// An entry is only a hint: what is due is derived from the deal's state when the entry comes up, so a deal that has
/// moved since simply leaves a stale entry behind.
struct DueQueue: Sendable {
  struct Entry: Comparable, Sendable {
    var due: Timestamp
    var place: Int32

    static func < (left: Entry, right: Entry) -> Bool {
      left.due != right.due ? left.due < right.due : left.place < right.place
    }
  }

  private var heap = Heap<Entry>()

  var count: Int { heap.count }
  var next: Timestamp? { heap.min?.due }

  mutating func insert(_ due: Timestamp, _ place: Int32) { heap.insert(Entry(due: due, place: place)) }

  mutating func popDue(by now: Timestamp) -> Entry? {
    guard let first = heap.min, first.due <= now else { return nil }
    return heap.popMin()
  }

  /// Starts anew with the entries that hold: drops the stale ones.
  mutating func rebuild(_ entries: [Entry]) { heap = Heap(entries) }
}
