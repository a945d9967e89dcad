import Kafka

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
