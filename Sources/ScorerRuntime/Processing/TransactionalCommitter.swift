import Deals
import Dispatch
import Kafka
import Metrics

/// exactly_once: outputs, state, position, ledger entries and group offsets of an interval are one Kafka transaction.
final class TransactionalCommitter: Committer {
  private(set) var group = DeliveryGroup()
  private let writer: OutputWriter
  private let transactions: Transactions
  private let consumer: Consumer
  private let topic: String
  private let partitions: Int
  /// This member of the group, which positions name as their writer: its heir ends what it leaves open.
  private let member: String
  /// Not by the wall clock: set back by an hour, it would leave a transaction open for that hour.
  private let interval: Duration
  private let latency = Timer(label: "dealpulse_commit_seconds")
  private var encoder = JSONWriter()
  /// When the open transaction was begun.
  private var begun = ContinuousClock.now

  init(
    _ writer: OutputWriter, _ consumer: Consumer, topic: String, partitions: Int, member: String, interval: Int,
    isStopped: @escaping @Sendable () -> Bool
  ) {
    transactions = Transactions(of: writer.producer, isStopped: isStopped)
    self.writer = writer
    self.consumer = consumer
    self.topic = topic
    self.partitions = partitions
    self.member = member
    self.interval = .milliseconds(interval)
  }

  var isIdle: Bool { !transactions.isOpen }

  /// Takes the transactional id into use. Not before this thread is a member: until then one that was given its partitions
  /// may still end what was open under that id (`Succession`), and would fence this producer too.
  func join() throws(KafkaError) { try transactions.join() }

  /// Position and offset are of one transaction: neither is ever behind.
  func resume(_ partition: TopicPartition, at position: Int64) {}

  /// Writes their positions as they are, in a transaction of its own: it is short, and holds back no reader of scores. Who
  /// dies in the next one is known by name.
  func sign(_ tasks: [DealTask]) throws(KafkaError) {
    let unsigned = tasks.filter { $0.writer != member }
    guard !unsigned.isEmpty else { return }
    try finish(tasks.filter { $0.writer == member }, timeout: nil)
    try beginStep()
    try commit(unsigned, timeout: nil)
  }

  func beginStep() throws(KafkaError) {
    guard !transactions.isOpen else { return }
    try transactions.begin()
    group = DeliveryGroup()
    begun = .now
  }

  func endStep(_ tasks: [DealTask]) throws(KafkaError) {
    try poll(tasks)
  }

  func poll(_ tasks: [DealTask]) throws(KafkaError) {
    guard transactions.isOpen, ContinuousClock.now - begun >= interval else { return }
    try commit(tasks, timeout: nil)
  }

  func finish(_ tasks: [DealTask], timeout: Int32?) throws(KafkaError) {
    guard transactions.isOpen else { return }
    try commit(tasks, timeout: timeout)
  }

  func abandon(timeout: Int32?) throws(KafkaError) { try transactions.abort(timeout: timeout) }

  func discard() { transactions.discard() }

  /// Commits what the tasks' engines hold and the broker does not, and the position of every one that is not signed.
  private func commit(_ tasks: [DealTask], timeout: Int32?) throws(KafkaError) {
    let start = DispatchTime.now()
    let changed = tasks.filter { $0.engine.hasUncommittedChanges || $0.writer != member }
    var offsets: [TopicPartition: Int64] = [:]
    for task in changed {
      try writer.write(
        StateRecords(task.engine, writer: member, partitions: partitions, &encoder), partition: task.partition, group)
      offsets[TopicPartition(topic, task.partition)] = task.engine.position.nextOffset
    }
    try transactions.commit(offsets, of: consumer, timeout: timeout)
    for task in changed {
      task.engine.commit()
      task.writer = member
    }
    latency.recordInterval(since: start)
  }
}
