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
    _ writer: OutputWriter, _ consumer: Consumer, topic: String, member: String, interval: Int,
    isStopped: @escaping @Sendable () -> Bool
  ) {
    self.isStopped = isStopped
    self.writer = writer
    self.consumer = consumer
    self.topic = topic
    self.member = member
    self.interval = .milliseconds(interval)
  }

  var isIdle: Bool { begun == nil }

  /// Takes the transactional id into use. Not before this thread is a member: until then one that was given its partitions
  /// may still end what was open under that id (`Succession`), and would fence this producer too.
  func join() throws(KafkaError) {
    guard !hasJoined else { return }
    let producer = writer.producer
    try retrying { () throws(KafkaError) in try producer.initTransactions(timeout: 1_000) }
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
    try commit(tasks, timeout: 30_000)
  }

  func finish(_ tasks: [DealTask], timeout: Int32) throws(KafkaError) {
    guard begun != nil else { return }
    try commit(tasks, timeout: timeout)
  }

  func abandon() throws(KafkaError) {
    guard begun != nil else { return }
    let producer = writer.producer
    try retrying { () throws(KafkaError) in try producer.abortTransaction() }
    begun = nil
  }

  private func commit(_ tasks: [DealTask], timeout: Int32) throws(KafkaError) {
    let start = DispatchTime.now()
    let changed = tasks.filter(\.engine.hasUncommittedChanges)
    var offsets: [TopicPartition: Int64] = [:]
    for task in changed {
      try writer.write(StateRecords(task.engine, writer: member, &encoder), partition: task.partition, group)
      offsets[TopicPartition(topic, task.partition)] = task.engine.position.nextOffset
    }
    let producer = writer.producer
    if !offsets.isEmpty {
      // Fresh each time: a member of an older generation must be refused.
      guard let metadata = consumer.groupMetadata() else {
        throw KafkaError.abort("this member has no place in its group")
      }
      try retrying { () throws(KafkaError) in try producer.send(offsets: offsets, as: metadata, timeout: timeout) }
    }
    try retrying { () throws(KafkaError) in try producer.commitTransaction(timeout: timeout) }
    begun = nil
    for task in changed { task.engine.commit() }
    latency.recordInterval(since: start)
  }

  /// Makes a call again for as long as its error is retriable and nobody wants the end: librdkafka goes on where it was.
  private func retrying(_ call: () throws(KafkaError) -> Void) throws(KafkaError) {
    while true {
      do throws(KafkaError) {
        return try call()
      } catch {
        guard error.isRetriable, !isStopped() else { throw error }
      }
    }
  }
}
