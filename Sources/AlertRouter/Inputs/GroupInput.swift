import AlertDelivery
import Alerts
import DeadLetters
import Deals
import Kafka
import Logging
import Topics

/// Reads `deals.risk`, `deals.trends` and `deals.reports` as a member of the group that shares their partitions out.
final class GroupInput {
  /// What to do when partitions come and go; runs within `poll`, on its thread.
  struct Handover {
    /// They are ours from now on: nothing of them was read yet.
    var assigned: (Set<Origin>) -> Void
    /// They go when this returns.
    var revoked: (Set<Origin>) -> Void
    /// They have gone to another already.
    var lost: (Set<Origin>) -> Void
  }

  private let consumer: Consumer
  private let commits: OffsetCommits
  private let topics: TopicNames
  private let logger: Logger
  /// The next offsets that the store does not have.
  private var positions: [InputPartition: Int64]
  /// The next offsets that other routers were not told of: no further may be committed.
  private var told: [TopicPartition: Int64] = [:]
  private var behind: Set<TopicPartition> = []
  /// What this member reads; nil while the group has given it nothing, not even nothing.
  private var assigned: Set<TopicPartition>?
  private var hasBeenAssigned = false
  /// Partitions of which records were passed over since they were assigned.
  private var passedOver: Set<InputPartition> = []
  private static let batchSize = 1_000

  init(
    _ settings: RouterProcessSettings, stored: [InputPartition: Int64], _ logger: Logger
  ) throws(KafkaError) {
    self.logger = logger
    topics = settings.topics
    positions = stored
    var configuration = ConsumerConfiguration(client: settings.client, groupID: settings.groupID)
    configuration.groupInstanceID = settings.instanceID
    configuration.sessionTimeout = settings.sessionTimeout
    configuration.heartbeatInterval = max(200, settings.sessionTimeout / 5)
    configuration.offsetReset = .earliest
    configuration.reportsPartitionEnd = true
    configuration.queuedMaxKibibytes = 16_384
    consumer = try Consumer(configuration, logger: logger)
    commits = OffsetCommits(consumer, interval: .zero)
  }

  /// Joins the group.
  func join(_ handover: Handover) throws(KafkaError) {
    var handler = RebalanceHandler()
    handler.assigned = { [unowned self] partitions in
      hasBeenAssigned = true
      assigned = Set(partitions)
      told = [:]
      passedOver = []
      forgetPositionsBeyond(partitions)
      behind.formUnion(partitions)
      logger.info("partitions assigned", metadata: ["count": "\(partitions.count)"])
      handover.assigned(origins(partitions))
      return [:]
    }
    handler.revoked = { [unowned self] partitions in
      behind.subtract(partitions)
      handover.revoked(origins(partitions))
      commitNow()
      assigned = nil
    }
    handler.lost = { [unowned self] partitions in
      commits.forget(partitions)
      assigned = nil
      behind.subtract(partitions)
      handover.lost(origins(partitions))
    }
    try consumer.subscribe([topics.risk, topics.trends, topics.reports], handler)
  }

  /// Whether every partition of this member was read to its end at least once.
  var hasCaughtUp: Bool { hasBeenAssigned && behind.isEmpty }

  /// Whether the group has given this member its partitions, be it none. Without a coordinator's answer for a session's
  /// length they are lost.
  var isAssigned: Bool { assigned != nil }

  /// Waits for records for at most so many milliseconds, and reads them.
  func poll(
    timeout: Int32, _ reader: RecordReader, _ deadLetters: (borrowing MessageView, DeadLetterReason) throws -> Void
  ) throws -> InputBatch {
    var batch = InputBatch()
    try consumer.withBatch(maxMessages: Self.batchSize, timeout: timeout) { messages in
      try messages.forEach { message in
        let place = InputPartition(message.topic, message.partition)
        let offset = message.offset
        // The store may be ahead of Kafka: what it has was decided on already.
        if let position = positions[place], offset < position { return passOver(place, offset, before: position) }
        batch.offsets[place] = offset + 1
        do throws(DeadLetterReason) {
          if let statement = try reader.read(message) { batch.statements.append(statement) }
        } catch {
          try deadLetters(message, error)
        }
      }
    }
    for event in consumer.takeEvents() {
      switch event {
      case .reachedEnd(let partition, _): behind.remove(partition)
      case .failed(let error, _): logger.warning("\(error)")
      }
    }
    if let fatal = consumer.fatalError { throw fatal }
    tellKafka()
    return batch
  }

  /// A topic that was deleted and made anew begins at 0: what the store knows of the old one says nothing about its records.
  private func forgetPositionsBeyond(_ partitions: [TopicPartition]) {
    let stored = partitions.filter { positions[InputPartition($0.topic, $0.partition)] != nil }
    guard !stored.isEmpty else { return }
    do throws(KafkaError) {
      for (partition, end) in try consumer.ends(of: stored, timeout: 5_000) {
        let place = InputPartition(partition.topic, partition.partition)
        guard let position = positions[place], position > end else { continue }
        positions[place] = nil
        logger.warning(
          "the store is ahead of the topic, which was made anew: it is read from where Kafka says",
          metadata: [
            "topic": "\(place.topic)", "partition": "\(place.partition)", "stored": "\(position)", "end": "\(end)",
          ])
      }
    } catch {
      logger.warning("whether the store is ahead of the topics is not known: \(error)")
    }
  }

  private func passOver(_ place: InputPartition, _ offset: Int64, before position: Int64) {
    RouterMetrics.countPassedOver()
    guard passedOver.insert(place).inserted else { return }
    logger.warning(
      "records that the store has taken in before are passed over; to have them decided on again, start with an empty store",
      metadata: [
        "topic": "\(place.topic)", "partition": "\(place.partition)", "from": "\(offset)", "before": "\(position)",
      ])
  }

  /// The store has what was read up to here.
  func note(stored offsets: [InputPartition: Int64]) { positions.merge(offsets) { $1 } }

  /// Other routers know what was decided up to here: the group's offsets follow.
  func commit(_ offsets: [InputPartition: Int64]) {
    let list = offsets.reduce(into: [TopicPartition: Int64]()) { list, entry in
      let partition = TopicPartition(entry.key.topic, entry.key.partition)
      if assigned?.contains(partition) == true { list[partition] = entry.value }
    }
    guard !list.isEmpty else { return }
    told.merge(list) { $1 }
    commits.note(list)
    tellKafka()
  }

  /// The store knows the position: a commit that fails costs nothing but records read twice.
  private func tellKafka() {
    if let error = commits.poll() { logger.warning("offsets are committed later: \(error)") }
  }

  /// The next owner begins where Kafka says: that must be where others know what was decided.
  private func commitNow() {
    do { try consumer.commit(told, timeout: 1_000) } catch {
      logger.warning("the next owner reads some records again: \(error)")
    }
    commits.forget()
  }

  private func origins(_ partitions: [TopicPartition]) -> Set<Origin> {
    Set(partitions.compactMap { origin($0.topic, $0.partition) })
  }

  private func origin(_ topic: String, _ partition: Int32) -> Origin? {
    switch topic {
    case topics.risk: Origin(.risk, partition)
    case topics.trends: Origin(.trends, partition)
    case topics.reports: Origin(.reports, partition)
    default: nil
    }
  }

  func close() { consumer.close() }
}
