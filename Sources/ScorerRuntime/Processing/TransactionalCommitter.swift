import Deals
import Kafka
import Dispatch
import Metrics

/// exactly_once: outputs, state, position, ledger entries and group offsets of an interval are one Kafka transaction.
final class TransactionalCommitter: Committer {
  private(set) var group = DeliveryGroup()
  private let writer: OutputWriter
  private let consumer: Consumer
  private let topic: String
  private let partitions: Int
  /// This member of the group, which positions name as their writer: its heir ends what it leaves open.
  private let member: String
  /// Not by the wall clock: set back by an hour, it would leave a transaction open for that hour.
  private let interval: Duration
  private let isStopped: @Sendable () -> Bool
  private let latency = Timer(label: "dealpulse_commit_seconds")
  private var encoder = JSONWriter()
  private var begun: ContinuousClock.Instant?
  private var hasJoined = false

  init(
    _ writer: OutputWriter, _ consumer: Consumer, topic: String, partitions: Int, member: String, interval: Int,
    isStopped: @escaping @Sendable () -> Bool
  ) {
    self.isStopped = isStopped
    self.writer = writer
    self.consumer = consumer
    self.topic = topic
    self.partitions = partitions
    self.member = member
    self.interval = .milliseconds(interval)
  }

  var isIdle: Bool { begun == nil }

  /// Takes the transactional id into use. Not before this thread is a member: until then one that was given its partitions
  /// may still end what was open under that id (`Succession`), and would fence this producer too.
  func join() throws(KafkaError) {
    guard !hasJoined else { return }
    let producer = writer.producer
    try retrying(until: nil) { _ throws(KafkaError) in try producer.initTransactions(timeout: 1_000) }
    hasJoined = true
  }

  /// Position and offset are of one transaction: neither is ever behind.
  func resume(_ partition: TopicPartition, at position: Int64) {}

  func beginStep() throws(KafkaError) {
    guard begun == nil else { return }
    try writer.producer.beginTransaction()
    group = DeliveryGroup()
    begun = .now
  }

  func endStep(_ tasks: [DealTask]) throws(KafkaError) {
    try poll(tasks)
  }

  func poll(_ tasks: [DealTask]) throws(KafkaError) {
    guard let begun, ContinuousClock.now - begun >= interval else { return }
    try commit(tasks, until: nil)
  }

  func finish(_ tasks: [DealTask], timeout: Int32?) throws(KafkaError) {
    guard begun != nil else { return }
    try commit(tasks, until: Self.deadline(timeout))
  }

  func abandon(timeout: Int32?) throws(KafkaError) {
    guard begun != nil else { return }
    let producer = writer.producer
    try retrying(until: Self.deadline(timeout)) { timeout throws(KafkaError) in
      try producer.abortTransaction(timeout: timeout)
    }
    begun = nil
  }

  func discard() { begun = nil }

  private func commit(_ tasks: [DealTask], until deadline: ContinuousClock.Instant?) throws(KafkaError) {
    let start = DispatchTime.now()
    let changed = tasks.filter(\.engine.hasUncommittedChanges)
    var offsets: [TopicPartition: Int64] = [:]
    for task in changed {
      try writer.write(
        StateRecords(task.engine, writer: member, partitions: partitions, &encoder), partition: task.partition, group)
      offsets[TopicPartition(topic, task.partition)] = task.engine.position.nextOffset
    }
    let producer = writer.producer
    if !offsets.isEmpty {
      // Fresh each time: a member of an older generation must be refused.
      guard let metadata = consumer.groupMetadata() else {
        throw KafkaError.abort("this member has no place in its group")
      }
      try retrying(until: deadline) { timeout throws(KafkaError) in
        try producer.send(offsets: offsets, as: metadata, timeout: timeout)
      }
    }
    try retrying(until: deadline) { timeout throws(KafkaError) in try producer.commitTransaction(timeout: timeout) }
    begun = nil
    for task in changed { task.engine.commit() }
    latency.recordInterval(since: start)
  }

  /// Makes a call again for as long as its error is retriable: librdkafka goes on where it was. Until the deadline; without
  /// one until somebody wants the end.
  private func retrying(
    until deadline: ContinuousClock.Instant?, _ call: (Int32) throws(KafkaError) -> Void
  ) throws(KafkaError) {
    while true {
      do throws(KafkaError) {
        return try call(Self.milliseconds(until: deadline))
      } catch {
        let isOver = deadline.map { ContinuousClock.now >= $0 } ?? isStopped()
        guard error.isRetriable, !isOver else { throw error }
      }
    }
  }

  private static func deadline(_ timeout: Int32?) -> ContinuousClock.Instant? {
    timeout.map { .now + .milliseconds(Int($0)) }
  }

  /// What a call is given to wait: half a minute at most.
  private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
    guard let deadline else { return 30_000 }
    return Int32(min(max((deadline - .now) / .milliseconds(1), 1), 30_000))
  }
}
