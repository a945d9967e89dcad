import Deals
import Foundation
import Kafka
import Logging
import Metrics
import Observability
import Topics
import Trends

/// The trend processor: the ledger in, shifts and reports out. The ledger has one partition, so that of all instances one is
/// active, and Kafka moves the work where that one fails.
///
/// Whoever takes over reads the whole ledger again, silently up to the position that its group has committed, and leaves out
/// what stands in deals.trends and deals.reports already: so nothing is missed, and nothing is said twice, even where a
/// record was written and its position was not.
final class TrendProcessor {
  /// Milliseconds before everything is read again: a broker that refuses is not asked without a pause.
  private static let pauseAfterFailure: UInt32 = 100

  private let settings: ScorerSettings
  private let trends: TrendProcessorSettings
  private let logger: Logger
  private let clock: @Sendable () -> Timestamp
  private let isStopped: @Sendable () -> Bool
  private let consumer: Consumer
  /// Of at_least_once; a transaction commits its offsets itself.
  private let commits: OffsetCommits
  private let scores: ScoreTail
  /// Made anew where another instance may have taken its transactional id into use.
  private var output: TrendOutput
  /// The ledger was taken away since this output was made: a producer can't take its id into use a second time.
  private var isOutputOld = false
  private let decoder = LedgerDecoder()
  private let partition: TopicPartition
  private let lag = Gauge(label: "dealpulse_trend_lag_records")
  private let opened = Counter(label: "dealpulse_trend_shifts_total")

  private var silence: SilenceWatch?
  private var changes = ChangeCount([])
  private var work: Work?
  private var isAssigned = false
  /// Records were handed out that must be handed out again: nobody was ready for them, as they came by the very poll that
  /// assigned the ledger, or what was made of them was given up.
  private var hasPassedBy = false

  /// What belongs to one time of being active.
  private struct Work {
    var engine: TrendEngine
    var reporter: Reporter
    /// Below it everything has been said.
    var committed: Int64
    var published: Set<EventID>
    var position: Int64 = 0
  }

  init(
    _ settings: ScorerSettings, _ trends: TrendProcessorSettings, logger: Logger,
    clock: @escaping @Sendable () -> Timestamp, isStopped: @escaping @Sendable () -> Bool
  ) throws(KafkaError) {
    self.settings = settings
    self.trends = trends
    self.clock = clock
    self.isStopped = isStopped
    var logger = logger
    logger[metadataKey: "processor"] = "trends"
    self.logger = logger
    partition = TopicPartition(settings.topics.outcomes, 0)
    var configuration = ConsumerConfiguration(client: settings.client, groupID: trends.groupID)
    configuration.client.clientID += "-trends"
    configuration.groupInstanceID = "\(settings.instanceID)-trends"
    configuration.sessionTimeout = settings.sessionTimeout
    configuration.heartbeatInterval = max(200, settings.sessionTimeout / 5)
    configuration.fetchWaitMax = settings.fetchWaitMax
    configuration.offsetReset = .earliest
    consumer = try Consumer(configuration, logger: logger)
    commits = OffsetCommits(consumer, interval: .zero)
    scores = try ScoreTail(settings, logger: logger)
    output = try TrendOutput(settings, trends, logger: logger, isStopped: isStopped)
  }

  /// Runs until it is stopped.
  func run() throws(ScorerError) {
    defer { close() }
    do throws(KafkaError) {
      try consumer.subscribe([settings.topics.outcomes], handler())
    } catch {
      throw .kafka(error)
    }
    while !isStopped() {
      do throws(KafkaError) {
        try turn()
      } catch {
        guard Self.canStartOver(after: error) else { throw .kafka(error) }
        try startOver(after: error)
      }
    }
  }

  private func handler() -> RebalanceHandler {
    RebalanceHandler(
      assigned: { [unowned self] partitions in
        isAssigned = !partitions.isEmpty
        hasPassedBy = false
        work = nil
        return Dictionary(uniqueKeysWithValues: partitions.map { ($0, StartOffset.beginning) })
      },
      revoked: { [unowned self] _ in rest() }, lost: { [unowned self] _ in rest() })
  }

  /// The ledger is another's from here on.
  private func rest() {
    commits.forget()
    isAssigned = false
    isOutputOld = true
    work = nil
  }

  private func turn() throws(KafkaError) {
    if isAssigned, work == nil { try takeOver() }
    if work != nil { try scores.poll(timeout: 0) }
    var (news, reports): ([TrendShift], [Report]) = ([], [])
    var unreadable: KafkaError?
    let count = try consumer.withBatch(maxMessages: 1_000, timeout: 100) { batch throws(KafkaError) in
      try batch.forEach { message throws(KafkaError) in
        guard var work else {
          hasPassedBy = true
          return
        }
        guard message.offset >= work.position else { return }
        self.work = nil
        defer { self.work = work }
        work.position = message.offset + 1
        do throws(DecodeFailure) {
          guard !message.isTombstone else { return }
          let entry = try message.value.withUnsafeBytes { bytes throws(DecodeFailure) in try decoder.decode(bytes) }
          let due = work.reporter.reports(before: entry, &work.engine) { scores.take(before: $0) }
          work.engine.observe(scores.take(before: entry.occurredAt.adding(milliseconds: 1)))
          let shifts = work.engine.apply(entry, at: message.offset)
          guard message.offset >= work.committed else { return }
          reports += due.filter { !work.published.contains($0.eventID) }
          news += shifts.filter { !work.published.contains($0.eventID) }
        } catch {
          unreadable = KafkaError.abort("\(message.topic) offset \(message.offset) can't be read: \(error)")
        }
      }
      return batch.count
    }
    if count == 0 { takePositionPastMarkers() }
    if let unreadable { logger.error("\(unreadable)") }
    if let work { news += silenceNews(at: work.engine.offset) }
    try publish(news, reports)
    commits.poll()
    for case .failed(let error, _) in consumer.takeEvents() where error.isFatal { throw error }
    if let work, let marks = consumer.cachedWatermarks(partition) { lag.record(max(0, marks.high - work.position)) }
  }

  /// Transactions leave markers that are never handed out: without this the group would seem to lag behind for ever.
  private func takePositionPastMarkers() {
    guard let work, let known = (try? consumer.positions(of: [partition]))?[partition], known > work.position else {
      return
    }
    self.work?.position = known
  }

  private func silenceNews(at offset: Int64) -> [TrendShift] {
    let now = clock()
    guard silence != nil, let hasGrown = changes.hasGrown(at: now, consumer) else { return [] }
    let news =
      hasGrown ? silence?.heard(at: now, ledgerOffset: offset) : silence?.look(at: now, ledgerOffset: offset)
    return [news].compactMap { $0 ?? nil }
  }

  /// Learns what has been said: the group's position, and the identities of what was written since.
  private func takeOver() throws(KafkaError) {
    // Until then a transaction of the one before may hold all of that back.
    try takeOutput()
    let committed = try consumer.committed([partition], timeout: 10_000)[partition] ?? 0
    var published: Set<EventID> = []
    var lastSilence: TrendShift?
    let (trendDecoder, reportDecoder) = (TrendDecoder(), ReportDecoder())
    try TopicSweep(settings.topics.trends, settings, logger: logger, isStopped: isStopped).forEach { bytes in
      guard let shift = try? trendDecoder.decode(bytes) else { return }
      published.insert(shift.eventID)
      guard shift.kind == .dataUnavailable else { return }
      if lastSilence.map({ $0.occurredAt <= shift.occurredAt }) ?? true { lastSilence = shift }
    }
    try TopicSweep(settings.topics.reports, settings, logger: logger, isStopped: isStopped).forEach { bytes in
      if let report = try? reportDecoder.decode(bytes) { published.insert(report.eventID) }
    }
    try scores.restart(isStopped: isStopped)
    // What was read in part is not gone on from.
    guard isAssigned, !isStopped() else { return }
    if hasPassedBy {
      try consumer.seek([partition: .beginning])
      hasPassedBy = false
    }
    try watchChanges(since: lastSilence)
    work = Work(
      engine: TrendEngine(settings: trends.engine), reporter: Reporter(timeZone: trends.timeZone), committed: committed,
      published: published)
    logger.info(
      "active", metadata: ["committed": "\(committed)", "published": "\(published.count)"])
  }

  /// Watches deals.changes anew, from where the last one to do so left off.
  private func watchChanges(since last: TrendShift?) throws(KafkaError) {
    guard trends.silenceHours > 0 else { return }
    let topic = settings.topics.changes
    guard let found = try Admin(settings.client, logger: logger).describe(topic: topic) else {
      throw KafkaError.missing(topic: topic)
    }
    changes = ChangeCount((0..<Int32(found.partitions)).map { TopicPartition(topic, $0) })
    silence = SilenceWatch(allowedHours: trends.silenceHours, timeZone: trends.timeZone, last: last)
  }

  private func publish(_ news: [TrendShift], _ reports: [Report]) throws(KafkaError) {
    guard let position = work?.position else { return }
    guard position > (work?.committed ?? 0) || !news.isEmpty else { return }
    try output.publish(news, reports, at: clock(), [partition: position], of: consumer)
    if settings.guarantee == .atLeastOnce { commits.note([partition: position]) }
    work?.committed = position
    for shift in news where shift.phase == .opened {
      opened.increment()
      logger.info("shift opened", metadata: ["segment": "\(shift.segment)", "kind": "\(shift.kind.rawValue)"])
    }
  }

  /// After an error nothing is certain but what Kafka has: everything is read again.
  private func startOver(after error: KafkaError) throws(ScorerError) {
    logger.warning("starts over: \(error)")
    work = nil
    hasPassedBy = true
    do throws(KafkaError) {
      if error.isFenced { try joinAgain() } else { try output.abandon() }
    } catch {
      guard Self.canStartOver(after: error) else { throw .kafka(error) }
    }
    DedicatedThread.pause(milliseconds: Self.pauseAfterFailure)
  }

  private static func canStartOver(after error: KafkaError) -> Bool {
    error.isRetriable || error.requiresAbort || error.isFenced
  }

  /// Either this instance stood still for so long that the broker has ended its transaction, or another one has become
  /// active. Which of them it is, its group says: whoever is given the ledger anew owns it, and nobody else may take the id
  /// into use, or the two would fence each other.
  private func joinAgain() throws(KafkaError) {
    rest()
    try consumer.unsubscribe()
    try consumer.subscribe([settings.topics.outcomes], handler())
  }

  /// Takes the transactional id into use, which ends what a former owner of the ledger has open.
  private func takeOutput() throws(KafkaError) {
    if isOutputOld {
      output.close()
      output = try TrendOutput(settings, trends, logger: logger, isStopped: isStopped)
      isOutputOld = false
    }
    try output.join()
  }

  private func close() {
    consumer.close()
    scores.close()
    output.close()
  }
}
