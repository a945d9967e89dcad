import Foundation
import Kafka
import Logging

/// Reads what a topic holds now, from its beginning to the end that it has at the start. Blocks.
struct TopicReader {
  private let consumer: Consumer
  private let topic: String

  init(_ client: ClientConfiguration, topic: String, logger: Logger) throws(KafkaError) {
    var configuration = ConsumerConfiguration(client: client, groupID: "dealpulse-reader")
    configuration.offsetReset = .earliest
    configuration.fetchWaitMax = 20
    configuration.reportsPartitionEnd = true
    consumer = try Consumer(configuration, logger: logger)
    self.topic = topic
  }

  /// Hands out every record, in the order of offsets within a partition.
  func forEach(partitions: Int, _ body: (borrowing MessageView) throws -> Void) throws {
    guard partitions > 0 else { return }
    var open = Set((0..<Int32(partitions)).map { TopicPartition(topic, $0) })
    try consumer.assign(Dictionary(uniqueKeysWithValues: open.map { ($0, StartOffset.beginning) }))
    while !open.isEmpty {
      try consumer.withBatch(maxMessages: 5_000, timeout: 100) { batch in
        try batch.forEach { message in try body(message) }
      }
      for event in consumer.takeEvents() {
        switch event {
        case .reachedEnd(let partition, _): open.remove(partition)
        case .failed(let error, _): if !error.isRetriable { throw error }
        }
      }
    }
  }

  func close() { consumer.close() }

  /// Reads a whole topic once.
  static func read(
    _ client: ClientConfiguration, topic: String, partitions: Int, logger: Logger,
    _ body: (borrowing MessageView) throws -> Void
  ) throws {
    let reader = try TopicReader(client, topic: topic, logger: logger)
    defer { reader.close() }
    try reader.forEach(partitions: partitions, body)
  }
}
