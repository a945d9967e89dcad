import Deals
import Testing

@testable import Scoring

/// The queue of due dates against a sorted list, with dues of the past, of the same instant, weeks ahead and beyond the
/// span of its lists.
@Suite struct DueQueueTests {
  @Test("entries come in the order of due date and place, whenever they were put in", arguments: 1...20)
  func order(seed: Int) {
    var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15
    func random(_ bound: Int64) -> Int64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int64(state >> 33) % bound
    }
    let day = Timestamp.millisecondsPerDay
    var queue = DueQueue()
    var expected: [DueQueue.Entry] = []
    var now: Int64 = 1_700_000_000_000
    for step in 0..<2_000 {
      let due =
        switch random(20) {
        case 0: now - random(900) * day
        case 1: now + (4_000 + random(9_000)) * day
        case 2: now
        default: now + random(90) * day + random(day)
        }
      let entry = DueQueue.Entry(due: Timestamp(milliseconds: due), place: Int32(step))
      queue.insert(entry.due, entry.place)
      expected.append(entry)
      if step % 7 == 0 {
        now += random(3 * day)
        expected.sort()
        #expect(queue.next == expected.first?.due)
        while let popped = queue.popDue(by: Timestamp(milliseconds: now)) {
          #expect(popped == expected.removeFirst())
        }
        #expect(expected.first.map { $0.due.milliseconds > now } ?? true)
        #expect(queue.count == expected.count)
      }
      if step == 1_000 { queue.rebuild(expected) }
    }
    expected.sort()
    while let popped = queue.popDue(by: Timestamp(milliseconds: .max)) { #expect(popped == expected.removeFirst()) }
    #expect(expected.isEmpty && queue.count == 0 && queue.next == nil)
  }
}
