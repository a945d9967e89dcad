import AlertDelivery
import DeadLetters
import Deals
import Kafka
import Logging
import Topics

/// Follows the whole of `deals.outcomes` and `alerts.state`, as every router does: each must know every deal's close and every
/// other router's word, whatever partitions are its own.
final class TailInput {
  private let consumer: Consumer
  private let partitions: [TopicPartition]
  private let logger: Logger
  private var next: [TopicPartition: Int64] = [:]
  private static let batchSize = 1_000

  /// Goes on where the store says.
  ///
  init(
    _ settings: RouterProcessSettings, _ cluster: ClusterDescription, stored: [InputPartition: Int64], _ logger: Logger
  ) throws(KafkaError) {
    self.logger = logger
    partitions = [settings.topics.outcomes, settings.topics.alertsState].flatMap { topic in
      (0..<Int32(cluster.topics[topic]?.partitions ?? 0)).map { TopicPartition(topic, $0) }
    }
    var configuration = ConsumerConfiguration(client: settings.client, groupID: "\(settings.groupID)-tail")
    configuration.offsetReset = .earliest
    configuration.reportsPartitionEnd = true
    configuration.queuedMaxKibibytes = 16_384
    consumer = try Consumer(configuration, logger: logger)
    var starts: [TopicPartition: StartOffset] = [:]
    for partition in partitions {
      let place = InputPartition(partition.topic, partition.partition)
      starts[partition] = stored[place].map { .offset($0) } ?? .beginning
      next[partition] = stored[place] ?? 0
    }
    try consumer.assign(starts)
  }

  /// Reads what has come, waiting for it at most so many milliseconds.
  func poll(
    timeout: Int32, _ reader: RecordReader, _ deadLetters: (borrowing MessageView, DeadLetterReason) throws -> Void
  ) throws -> InputBatch {
    var batch = InputBatch()
    try consumer.withBatch(maxMessages: Self.batchSize, timeout: timeout) { messages in
      try messages.forEach { message in
        let place = InputPartition(message.topic, message.partition)
        batch.offsets[place] = message.offset + 1
        next[TopicPartition(place.topic, place.partition)] = message.offset + 1
        do throws(DeadLetterReason) {
          if let statement = try reader.read(message) { batch.statements.append(statement) }
        } catch {
          try deadLetters(message, error)
        }
      }
    }
    for event in consumer.takeEvents() {
      switch event {
      // A transaction's end marks are no records, and a compacted end holds none: only the client knows that it is past them.
      case .reachedEnd(let partition, let offset): next[partition] = max(next[partition] ?? 0, offset)
      case .failed(let error, _): logger.warning("\(error)")
      }
    }
    if let fatal = consumer.fatalError { throw fatal }
    return batch
  }

  /// The ends of what there is now; a broker that does not answer is asked again later.
  func ends() throws(KafkaError) -> [TopicPartition: Int64] {
    var ends: [TopicPartition: Int64] = [:]
    for partition in partitions {
      let bounds = try consumer.watermarks(partition, timeout: 5_000)
      // What was compacted or deleted away at the end is never handed out.
      ends[partition] = bounds.high > bounds.low ? bounds.high : 0
    }
    return ends
  }

  /// Whether everything up to these ends was read.
  func hasRead(_ ends: [TopicPartition: Int64]) -> Bool {
    ends.allSatisfy { partition, end in (next[partition] ?? 0) >= end }
  }

  func close() { consumer.close() }
}
