import Deals
import Kafka
import Logging

/// Reads the twin partitions of `deals.state` for tasks that were assigned together, a piece at a time, so that other
/// tasks go on being scored meanwhile.
final class Restoration {
  private let consumer: Consumer
  private let decoder = StateDecoder()
  private let topic: String
  private var waiting: [Int32: DealTask]
  private let logger: Logger
  private let begun = ContinuousClock.now
  private(set) var records = 0

  init(_ tasks: [DealTask], _ settings: ScorerSettings, logger: Logger) throws(KafkaError) {
    var configuration = ConsumerConfiguration(client: settings.client, groupID: "\(settings.groupID)-restore")
    configuration.offsetReset = .earliest
    configuration.reportsPartitionEnd = true
    configuration.fetchWaitMax = settings.fetchWaitMax
    consumer = try Consumer(configuration, logger: logger)
    topic = settings.topics.state
    waiting = Dictionary(uniqueKeysWithValues: tasks.map { ($0.partition, $0) })
    self.logger = logger
    var starts: [TopicPartition: StartOffset] = [:]
    for task in tasks { starts[TopicPartition(topic, task.partition)] = .beginning }
    try consumer.assign(starts)
  }

  var isComplete: Bool { waiting.isEmpty }

  /// Gives up tasks that went to another member meanwhile.
  func drop(_ partitions: Set<Int32>) {
    for partition in partitions { waiting[partition] = nil }
  }

  /// Reads on for a moment; returns the tasks whose state is now whole.
  func step(maxRecords: Int) throws(ScorerError) -> [DealTask] {
    try consumer.withBatch(maxMessages: maxRecords, timeout: 5) { batch throws(ScorerError) in
      records += batch.count
      try batch.forEach { message throws(ScorerError) in try take(message) }
    }
    var complete: [DealTask] = []
    for event in consumer.takeEvents() {
      switch event {
      case .reachedEnd(let partition, _):
        guard let task = waiting.removeValue(forKey: partition.partition) else { continue }
        finish(task)
        complete.append(task)
      case .failed(let error, _):
        if error.isFatal { throw .kafka(error) }
      }
    }
    if !complete.isEmpty { report(complete) }
    return complete
  }

  private func take(_ message: borrowing MessageView) throws(ScorerError) {
    guard let task = waiting[message.partition] else { return }
    let record: ChangelogRecord
    do throws(DecodeFailure) {
      record = try message.key.withUnsafeBytes { key throws(DecodeFailure) in
        try message.value.withUnsafeBytes { value throws(DecodeFailure) in
          try decoder.decode(key: key, value: message.isTombstone ? nil : value)
        }
      }
    } catch {
      throw .unreadable(topic: topic, partition: message.partition, offset: message.offset, error)
    }
    switch record {
    case .deal(let id, let state):
      task.engine.restore(id, state)
      task.restoredDeals += 1
    case .position(let position):
      task.engine.restore(position)
      task.restoredPosition = true
    }
  }

  private func finish(_ task: DealTask) {
    if !task.restoredPosition, task.restoredDeals > 0 {
      logger.warning(
        "the state has deals but no position: it is read anew from deals.changes",
        metadata: ["partition": "\(task.partition)"])
      task.reset(task.engine.settings)
    }
    task.engine.finishRestoring()
  }

  private func report(_ tasks: [DealTask]) {
    let elapsed = ContinuousClock.now - begun
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
    logger.info(
      "restored",
      metadata: [
        "partitions": "\(tasks.map(\.partition).sorted())", "deals": "\(tasks.reduce(0) { $0 + $1.engine.dealCount })",
        "records": "\(records)", "records_per_second": "\(Int(Double(records) / max(seconds, 1e-3)))",
        "partitions_left": "\(waiting.count)",
      ])
  }

  func close() { consumer.close() }
}
