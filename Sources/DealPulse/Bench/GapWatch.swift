import Deals
import Foundation
import Kafka
import Simulation
import Synchronization
import Topics

/// Reads scores and keeps the longest time for which none of a partition came. Belongs to one thread.
final class GapWatch {
  private let consumer: Consumer
  private let partitions: Int32
  private var last: [Int32: ContinuousClock.Instant] = [:]
  private(set) var longest = Duration.zero

  init(_ consumer: Consumer, partitions: Int32) {
    self.consumer = consumer
    self.partitions = partitions
  }

  var isEveryPartitionSeen: Bool { last.count == Int(partitions) }

  /// Reads until a condition holds, or the time is over. A partition that is still silent then counts with its silence.
  func run(atMost length: Duration, until isDone: (GapWatch) -> Bool) {
    let deadline = ContinuousClock.now + length
    while ContinuousClock.now < deadline, !isDone(self) {
      consumer.withBatch(maxMessages: 1_000, timeout: 5) { batch in
        let now = ContinuousClock.now
        batch.forEach { message in
          if let before = last[message.partition] { longest = max(longest, now - before) }
          last[message.partition] = now
        }
      }
    }
    let now = ContinuousClock.now
    for before in last.values { longest = max(longest, now - before) }
  }

  /// Forgets the gaps so far, as those of a start are none.
  func forget() { longest = .zero }

  func close() { consumer.close() }
}

/// New deals of the present at a steady rate, from a thread of its own, until it is stopped.
final class Pacer {
  private let stopFlag = StopFlag()
  private let ended: DedicatedThread

  init(_ client: ClientConfiguration, _ topics: TopicNames, perSecond rate: Int) {
    let flag = stopFlag
    ended = DedicatedThread(name: "bench-pacer") { try? Self.send(client, topics, rate, flag) }
  }

  func stop() {
    stopFlag.set()
    ended.join()
  }

  private static func send(_ client: ClientConfiguration, _ topics: TopicNames, _ rate: Int, _ flag: StopFlag) throws {
    let sender = try ChangeSender(client, topic: topics.changes)
    let begun = ContinuousClock.now
    var number = 0
    while !flag.isSet {
      let due = begun + .microseconds(1_000_000 / rate * number)
      while ContinuousClock.now < due { DedicatedThread.pause(milliseconds: 1) }
      let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
      let deal = Deal(createdAt: now, stage: .demo, amount: Amount(units: 10_000, currency: .usd))
      if let id = DealID("N\(number)") {
        let change = DealChange(
          eventID: EventID(high: 3, low: UInt64(number)), dealID: id, kind: .created, occurredAt: now, deal: deal)
        try sender.send(SimulatedEvent(content: .change(change), time: now))
      }
      number += 1
    }
    try sender.finish()
  }
}

private final class StopFlag: Sendable {
  private let value = Atomic<Bool>(false)
  var isSet: Bool { value.load(ordering: .acquiring) }
  func set() { value.store(true, ordering: .releasing) }
}
