import Deals
import Kafka
import Logging
import Trends

/// Follows deals.risk for the open deals behind a shift, and hands scores and deletions out in the order of event time.
final class ScoreTail {
  private let settings: ScorerSettings
  private let logger: Logger
  private let consumer: Consumer
  private let decoder = RiskDecoder()
  private var waiting = ScoreQueue()
  private var open: Set<TopicPartition> = []

  init(_ settings: ScorerSettings, logger: Logger) throws(KafkaError) {
    self.settings = settings
    self.logger = logger
    var configuration = ConsumerConfiguration(client: settings.client, groupID: "\(settings.groupID)-scores")
    configuration.offsetReset = .earliest
    configuration.reportsPartitionEnd = true
    configuration.fetchWaitMax = settings.fetchWaitMax
    consumer = try Consumer(configuration, logger: logger)
  }

  /// Reads from the beginning again, to the end that there is now, or until it is stopped.
  func restart(isStopped: () -> Bool) throws(KafkaError) {
    waiting = ScoreQueue()
    let admin = try Admin(settings.client, logger: logger)
    let topic = settings.topics.risk
    guard let found = try admin.describe(topic: topic) else { throw KafkaError.missing(topic: topic) }
    open = Set((0..<Int32(found.partitions)).map { TopicPartition(topic, $0) })
    try consumer.assign(Dictionary(uniqueKeysWithValues: open.map { ($0, StartOffset.beginning) }))
    while !open.isEmpty, !isStopped() { try poll(timeout: 100) }
  }

  /// Takes in what has come.
  func poll(timeout: Int32) throws(KafkaError) {
    consumer.withBatch(maxMessages: 5_000, timeout: timeout) { batch in
      batch.forEach { message in
        guard !message.isTombstone else {
          if let deletion = Self.deletion(message) { waiting.add(deletion) }
          return
        }
        // A score that can't be read is the scorer's and the verifier's matter: here it is only not counted.
        guard let event = message.value.withUnsafeBytes({ try? decoder.decode($0) }) else { return }
        waiting.add(.scored(PipelineScore(event)))
      }
    }
    for event in consumer.takeEvents() {
      switch event {
      case .reachedEnd(let partition, _): open.remove(partition)
      case .failed(let error, _): if error.isFatal { throw error }
      }
    }
  }

  /// A deletion with the time of it in the deal's life; of an older scorer the record's own time, by its clock.
  private static func deletion(_ message: borrowing MessageView) -> PipelineNews? {
    let key = message.key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    let time = message.headers.first { $0.name == "ce_time" }?.text.flatMap { Timestamp(rfc3339: $0) }
    guard let deal = DealID(key),
      let instant = time ?? message.timestampMilliseconds.map({ Timestamp(milliseconds: $0) })
    else { return nil }
    return .gone(deal, at: instant)
  }

  /// What happened before an instant and has not been handed out, in the order of event time.
  func take(before end: Timestamp) -> [PipelineNews] { waiting.take(before: end) }

  func close() { consumer.close() }
}

/// Reads a topic once, from its beginning to the end that it has now, or until it is stopped.
///
/// What is in a transaction that is being committed counts: the reader waits for it, as its offsets may be seen by the group
/// before its records are seen here.
struct TopicSweep {
  private let topic: String
  private let settings: ScorerSettings
  private let logger: Logger
  private let isStopped: @Sendable () -> Bool

  init(_ topic: String, _ settings: ScorerSettings, logger: Logger, isStopped: @escaping @Sendable () -> Bool) {
    self.isStopped = isStopped
    self.topic = topic
    self.settings = settings
    self.logger = logger
  }

  func forEach(_ body: (UnsafeRawBufferPointer) -> Void) throws(KafkaError) {
    let admin = try Admin(settings.client, logger: logger)
    guard let found = try admin.describe(topic: topic) else { throw KafkaError.missing(topic: topic) }
    var configuration = ConsumerConfiguration(client: settings.client, groupID: "\(settings.groupID)-sweep")
    configuration.offsetReset = .earliest
    configuration.reportsPartitionEnd = true
    configuration.fetchWaitMax = settings.fetchWaitMax
    let consumer = try Consumer(configuration, logger: logger)
    defer { consumer.close() }
    var open = Set((0..<Int32(found.partitions)).map { TopicPartition(topic, $0) })
    try consumer.assign(Dictionary(uniqueKeysWithValues: open.map { ($0, StartOffset.beginning) }))
    let ends = try ends(of: open)
    while !open.isEmpty, !isStopped() {
      consumer.withBatch(maxMessages: 5_000, timeout: 100) { batch in
        batch.forEach { message in message.value.withUnsafeBytes { body($0) } }
      }
      for event in consumer.takeEvents() {
        switch event {
        case .reachedEnd(let partition, let offset): if offset >= ends[partition] ?? 0 { open.remove(partition) }
        case .failed(let error, _): if error.isFatal { throw error }
        }
      }
    }
  }

  /// Where the partitions end, open transactions included; nothing where there are no transactions.
  private func ends(of partitions: Set<TopicPartition>) throws(KafkaError) -> [TopicPartition: Int64] {
    guard settings.guarantee == .exactlyOnce else { return [:] }
    var configuration = ConsumerConfiguration(client: settings.client, groupID: "\(settings.groupID)-sweep")
    configuration.isolationLevel = .readUncommitted
    let asker = try Consumer(configuration, logger: logger)
    defer { asker.close() }
    return try asker.ends(of: partitions)
  }
}
