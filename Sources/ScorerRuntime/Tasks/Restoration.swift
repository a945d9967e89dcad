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
  private let metrics: ScorerMetrics
  private let begun = ContinuousClock.now
  private var told = ContinuousClock.now
  private(set) var records = 0
  /// The next offset of each partition, and its end when reading began; empty until the broker has said.
  private var reading: [Int32: (next: Int64, end: Int64)] = [:]

  init(
    _ tasks: [DealTask], _ settings: ScorerSettings, logger: Logger, metrics: ScorerMetrics
  ) throws(KafkaError) {
    self.metrics = metrics
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
    let count = try consumer.withBatch(maxMessages: maxRecords, timeout: 5) { batch throws(ScorerError) in
      try batch.forEach { message throws(ScorerError) in
        try take(message)
        reading[message.partition]?.next = message.offset + 1
      }
      return batch.count
    }
    records += count
    askForEnds()
    metrics.countRestored(count, left: left ?? 0)
    tellProgress()
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

  /// Asks once how much there is to read, for the progress alone: without an answer there is none to show.
  private func askForEnds() {
    guard reading.isEmpty, !waiting.isEmpty else { return }
    for partition in waiting.keys {
      guard let marks = consumer.cachedWatermarks(TopicPartition(topic, partition)), marks.high >= 0 else { continue }
      reading[partition] = (marks.low, marks.high)
    }
    if reading.count < waiting.count { reading = [:] }
  }

  /// Records that are still to be read; nil while nobody knows.
  private var left: Int? {
    guard !reading.isEmpty else { return nil }
    return waiting.keys.reduce(0) { sum, partition in
      guard let place = reading[partition] else { return sum }
      return sum + Int(max(0, place.end - place.next))
    }
  }

  /// Says every few seconds how far it has come.
  private func tellProgress() {
    let now = ContinuousClock.now
    guard now - told >= .seconds(2), !waiting.isEmpty else { return }
    told = now
    let rate = Double(records) / max((now - begun) / .seconds(1), 1e-3)
    var metadata: Logger.Metadata = [
      "records": "\(records)", "records_per_second": "\(Int(rate))", "partitions_left": "\(waiting.count)",
    ]
    if let left {
      metadata["records_left"] = "\(left)"
      if rate > 0 { metadata["seconds_left"] = "\(Int((Double(left) / rate).rounded(.up)))" }
    }
    logger.info("restoring", metadata: metadata)
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
    let seconds = (ContinuousClock.now - begun) / .seconds(1)
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
