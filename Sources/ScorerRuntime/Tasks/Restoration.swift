import Deals
import Kafka
import Logging

/// Reads the twin partitions of `deals.state` for tasks that were assigned together, a piece at a time, so that other
/// tasks go on being scored meanwhile.
final class Restoration {
  /// The clients that read, open and connected from one restoration to the next: to open them anew would be a good part of
  /// the time for which a partition that moves is not scored.
  final class Readers {
    fileprivate let consumer: Consumer
    /// Asks for ends beyond open transactions; only where there are any.
    fileprivate let asker: Consumer?

    init(_ settings: ScorerSettings, logger: Logger) throws(KafkaError) {
      var configuration = ConsumerConfiguration(client: settings.client, groupID: "\(settings.groupID)-restore")
      configuration.offsetReset = .earliest
      configuration.reportsPartitionEnd = true
      configuration.fetchWaitMax = settings.fetchWaitMax
      consumer = try Consumer(configuration, logger: logger)
      configuration.isolationLevel = .readUncommitted
      asker = settings.guarantee == .exactlyOnce ? try Consumer(configuration, logger: logger) : nil
    }

    func close() {
      consumer.close()
      asker?.close()
    }
  }

  private let readers: Readers
  private let decoder = StateDecoder()
  private let topic: String
  private var waiting: [Int32: DealTask]
  /// Partitions that deals.changes has.
  private let partitions: Int
  private let logger: Logger
  private let metrics: ScorerMetrics
  private let begun = ContinuousClock.now
  private var told = ContinuousClock.now
  private(set) var records = 0
  /// Which partitions of deals.changes these states are of.
  private let source: String
  /// How far each partition must be read at least; unknown until no older owner can write to it any more.
  private var goals: [Int32: Int64] = [:]
  /// Between two questions for the group's offsets where the broker does not answer.
  private static let pauseAfterRefusal = Duration.milliseconds(50)
  private var turn = 0
  /// When the group's offsets were last asked for in vain.
  private var refused: ContinuousClock.Instant?
  /// Who wrote the newest position that was read of a partition, within a transaction.
  private var writers: [Int32: String] = [:]
  /// Writers of partitions that were read to an end, and were not taken yet.
  private var found: Set<String> = []
  /// The ends that reading has come to so far.
  private var reached: [Int32: Int64] = [:]
  /// The next offset of each partition, and its end when reading began; empty until the broker has said.
  private var reading: [Int32: (next: Int64, end: Int64)] = [:]

  init(
    _ tasks: [DealTask], of partitions: Int, _ settings: ScorerSettings, _ readers: Readers, logger: Logger,
    metrics: ScorerMetrics
  ) throws(KafkaError) {
    self.metrics = metrics
    self.partitions = partitions
    self.readers = readers
    topic = settings.topics.state
    source = settings.topics.changes
    waiting = Dictionary(uniqueKeysWithValues: tasks.map { ($0.partition, $0) })
    self.logger = logger
    var starts: [TopicPartition: StartOffset] = [:]
    for task in tasks { starts[TopicPartition(topic, task.partition)] = .beginning }
    try readers.consumer.assign(starts)
  }

  var isComplete: Bool { waiting.isEmpty }

  /// Gives up tasks that went to another member meanwhile.
  func drop(_ partitions: Set<Int32>) {
    for partition in partitions { waiting[partition] = nil }
  }

  /// Finds out how far the states must be read, where an older owner's transaction may still be open or be committed.
  ///
  /// A reader of committed records comes to an end before an open transaction as it does where there is nothing more. The
  /// group's offsets are asked for first: the broker gives none while a transaction holds them (KIP-447), and lets no
  /// member of an older generation add any. What such a member has written lies before the end that is asked for then.
  ///
  /// - Parameter group: The member that was assigned the partitions.
  func settle(_ group: Consumer) throws(KafkaError) {
    guard let asker = readers.asker else { return }
    let unknown = waiting.keys.filter { goals[$0] == nil && reached[$0] != nil }.sorted()
    guard !unknown.isEmpty else { return }
    // An answer is waited for, and there are partitions that are scored meanwhile.
    if let refused, ContinuousClock.now - refused < Self.pauseAfterRefusal { return }
    // One partition whose transaction is open must not hold up the others: all are asked for together and one by one.
    let asked = turn.isMultiple(of: 2) ? unknown : [unknown[turn / 2 % unknown.count]]
    turn += 1
    refused = try settle(asked, group, asker) ? nil : .now
  }

  /// False where the broker can't say yet: the transaction ends, or the broker ends it when its time is over.
  private func settle(_ partitions: [Int32], _ group: Consumer, _ asker: Consumer) throws(KafkaError) -> Bool {
    do throws(KafkaError) {
      _ = try group.committed(partitions.map { TopicPartition(source, $0) }, timeout: 100)
      let ends = try asker.ends(of: partitions.map { TopicPartition(topic, $0) }, timeout: 1_000)
      for (partition, end) in ends { goals[partition.partition] = end }
      return true
    } catch {
      guard error.isRetriable else { throw error }
      return false
    }
  }

  private func isWhole(_ partition: Int32) -> Bool {
    guard let end = reached[partition] else { return false }
    guard readers.asker != nil else { return true }
    return goals[partition].map { end >= $0 } ?? false
  }

  /// Reads on for a moment; returns the tasks whose state is now whole.
  func step(maxRecords: Int) throws(ScorerError) -> [DealTask] {
    let consumer = readers.consumer
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
      case .reachedEnd(let partition, let offset):
        reached[partition.partition] = offset
        if let writer = writers[partition.partition] { found.insert(writer) }
      case .failed(let error, _):
        if error.isFatal { throw .kafka(error) }
      }
    }
    for partition in waiting.keys.filter(isWhole).sorted() {
      guard let task = waiting.removeValue(forKey: partition) else { continue }
      finish(task)
      complete.append(task)
    }
    if !complete.isEmpty { report(complete) }
    return complete
  }

  /// The members that wrote the newest positions of partitions which were read to an end since the last call. Where one of
  /// them died, its transaction may be open still.
  func takeWriters() -> Set<String> {
    defer { found = [] }
    return found
  }

  /// Asks once how much there is to read, for the progress alone: without an answer there is none to show.
  private func askForEnds() {
    guard reading.isEmpty, !waiting.isEmpty else { return }
    for partition in waiting.keys {
      guard let marks = readers.consumer.cachedWatermarks(TopicPartition(topic, partition)), marks.high >= 0 else {
        continue
      }
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
    case .position(let position, let writer, let known):
      if let known, known != partitions {
        throw .stateOfOtherPartitions(message.partition, known: known, now: partitions)
      }
      task.engine.restore(position)
      writers[message.partition] = writer
      task.writer = writer
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

  /// Reads no more, and leaves its clients to the next one.
  func release() throws(KafkaError) -> Readers {
    try readers.consumer.assign([:])
    _ = readers.consumer.takeEvents()
    return readers
  }

  func close() { readers.close() }
}
