import Deals
import HeapModule

/// When which deal is due, earliest first.
///
/// An entry is only a hint: what is due is derived from the deal's state when the entry comes up, so a deal that has
/// moved since simply leaves a stale entry behind.
///
/// Nearly all entries lie weeks ahead. They wait unordered in a list for each day, and are put in order when their day is
/// reached: a heap of all of them would be too large for the processor's caches.
struct DueQueue: Sendable {
  struct Entry: Comparable, Sendable {
    var due: Timestamp
    var place: Int32

    static func < (left: Entry, right: Entry) -> Bool {
      left.due != right.due ? left.due < right.due : left.place < right.place
    }
  }

  /// How many days ahead entries wait in lists; a power of two. The longest step of ageing is 3,650 days.
  private static let span: Int32 = 4_096

  /// What is due up to the end of `reached`, and what is due beyond the span. Its first is the first of all.
  private var heap = Heap<Entry>()
  /// What is due on the `span` days after `reached`, each day's list at its number modulo the span.
  private var days: [[Entry]] = []
  /// Entries in `days`.
  private var waiting = 0
  private var reached = Day(number: .min / 2)

  var count: Int { heap.count + waiting }
  var next: Timestamp? { heap.min?.due }

  mutating func insert(_ due: Timestamp, _ place: Int32) {
    let entry = Entry(due: due, place: place)
    let day = due.day
    if day > reached, Int(day.number) - Int(reached.number) <= Int(Self.span) {
      if days.isEmpty { days = [[Entry]](repeating: [], count: Int(Self.span)) }
      days[Self.index(day)].append(entry)
      waiting += 1
    } else {
      heap.insert(entry)
    }
    settle()
  }

  mutating func popDue(by now: Timestamp) -> Entry? {
    guard let first = heap.min, first.due <= now else { return nil }
    heap.removeMin()
    settle()
    return first
  }

  /// Starts anew with the entries that hold: drops the stale ones.
  mutating func rebuild(_ entries: [Entry]) {
    self = DueQueue()
    heap = Heap(entries)
    settle()
  }

  /// Goes on to the first day that has an entry, so that the heap's first is the first of all.
  private mutating func settle() {
    while waiting > 0 {
      if let first = heap.min, first.due.day <= reached { return }
      reached = Day(number: reached.number + 1)
      let index = Self.index(reached)
      guard !days[index].isEmpty else { continue }
      waiting -= days[index].count
      for entry in days[index] { heap.insert(entry) }
      days[index] = []
    }
    if let first = heap.min { reached = max(reached, first.due.day) }
  }

  private static func index(_ day: Day) -> Int { Int(day.number & (span - 1)) }
}
