import Kafka

/// Partitions of the past, merged by the time of their records.
///
/// A consumer is handed a partition's records in large pieces: taken as they come, years of one partition would be scored before
/// the first day of another, with outcomes of the future. So the record with the least time is taken, once every partition has
/// one to show. A partition that has none is waited for a moment, as more may be under way, and longer where the broker is known
/// to have more. Kafka Streams does the same by `max.task.idle.ms`. The time is the record's own: of an import that keeps the deals' times it is those, of any other the
/// order in which the records were written.
struct HistoryMerge {
  /// What comes next.
  struct Next {
    var partition: Int32
    /// In milliseconds since 1970.
    var time: Int64
  }

  /// With a partition that is known to have more: its leader may have gone.
  private static let longPatience = Duration.seconds(5)

  private let patience: Duration
  private var queues: [Int32: PartitionQueue] = [:]
  private var present: Set<Int32> = []
  /// Since when a partition has had nothing to show.
  private var emptySince: [Int32: ContinuousClock.Instant] = [:]

  /// - Parameter patience: How long a partition is waited for that shows nothing and may have nothing.
  init(patience: Duration) { self.patience = patience }

  var isEmpty: Bool { queues.isEmpty }

  mutating func add(_ queue: PartitionQueue) { queues[queue.partition.partition] = queue }

  /// From now on the consumer's polls hand out the records of these.
  mutating func remove(_ partitions: Set<Int32>) {
    present.subtract(partitions)
    for partition in partitions {
      queues[partition] = nil
      emptySince[partition] = nil
    }
  }

  mutating func removeAll() {
    queues = [:]
    emptySince = [:]
    present = []
  }

  /// The record with the least time; nil where there is none, or where a partition is waited for.
  ///
  /// - Parameter hasMore: Whether a partition that shows nothing may be known to have more.
  mutating func next(at now: ContinuousClock.Instant, hasMore: (Int32) -> Bool) -> Next? {
    var least: Next?
    for (partition, queue) in queues {
      guard let time = queue.headTime else {
        let since = emptySince[partition] ?? now
        emptySince[partition] = since
        if now - since < (hasMore(partition) ? Self.longPatience : patience) { return nil }
        continue
      }
      emptySince[partition] = nil
      if let best = least, (best.time, best.partition) <= (time, partition) { continue }
      least = Next(partition: partition, time: time)
    }
    return least
  }

  func take<Failure: Error>(_ next: Next, _ body: (borrowing MessageView) throws(Failure) -> Void) throws(Failure) {
    try queues[next.partition]?.takeHead(body)
  }

  /// Whether a record of a partition was looked at and not taken.
  func hasHead(_ partition: Int32) -> Bool { queues[partition]?.hasHead ?? false }

  /// Notes that a partition has come to the present.
  mutating func notePresent(_ partition: Int32) { present.insert(partition) }

  /// Once no partition has anything of the past to show, the consumer's polls hand out those of the present again.
  mutating func rejoinPresent() {
    guard !present.isEmpty, queues.allSatisfy({ present.contains($0.key) || $0.value.headTime == nil }) else { return }
    // What was looked at comes first, before what lies behind it.
    for partition in present where queues[partition]?.hasHead == false { remove([partition]) }
  }

  /// What was looked at and not taken comes again by a seek.
  func forgetHeads() {
    for queue in queues.values { queue.forgetHead() }
  }
}

/// How much event time a step has come to span.
struct HistoryStep {
  let length: Int64
  private var period: Int64?

  init(length: Int64) { self.length = length }

  /// Whether a time lies within the step; anything does within one that has not begun.
  func contains(_ time: Int64) -> Bool { period.map { time / length <= $0 } ?? true }

  mutating func note(_ time: Int64) { period = period ?? time / length }
}
