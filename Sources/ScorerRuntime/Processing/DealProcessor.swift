import Deals
import Kafka
import Logging
import Scoring

/// One processing thread: its own consumer, producer, baselines, and the tasks of its partitions.
///
/// The loop reads as the life of a change: restore, read the ledger, poll, step, publish, commit.
final class DealProcessor {
  /// Between two looks at this member's place in its group.
  private static let tendingInterval = Duration.milliseconds(50)

  let settings: ScorerSettings
  let number: Int
  let logger: Logger
  let clock: @Sendable () -> Timestamp
  let metrics: ScorerMetrics
  let consumer: Consumer
  /// Made anew where this thread was out of its group.
  private(set) var writer: OutputWriter
  private(set) var committer: any Committer
  let lease: Lease
  /// Partitions of deals.changes when the scorer started.
  let partitions: Int
  let status: ScorerStatus
  let isStopped: @Sendable () -> Bool
  var report = ScorerStatus.Thread()
  var tasks: [Int32: DealTask] = [:]
  var restorations: [Restoration] = []
  /// What was restored and waits for the broker to say where its changes begin.
  var ready = ReadyTasks()
  /// The clients of the last restoration, for the next.
  var idleReaders: Restoration.Readers?
  /// What was revoked and may come straight back, its last change committed.
  var kept: [Int32: DealTask] = [:]
  /// The group's generation in which `tasks` were assigned; nil where it is not known.
  var generation: GroupGeneration?
  /// Who ends what former owners have left open.
  var successions: [Succession] = []
  /// The members for which that was begun since the last assignment, and this one.
  var succeeded: Set<String> = []
  /// The members for which that was broken off by a rebalance.
  var interrupted: Set<String> = []
  /// Partitions that were just assigned: they stand still until their state is whole.
  var toPause: [TopicPartition] = []
  /// What a rebalance handler met; thrown once the poll has returned.
  var handlerError: ScorerError?
  /// Why a rebalance handler gave up partitions that the group would have left here: it must be joined again once the poll has
  /// returned.
  var departure: KafkaError?
  /// It leaves its group, to join it again when it has left.
  var isLeaving = false
  var baselines: Baselines

  let ledger: LedgerFollower
  let decoder: ChangeDecoder
  var output = EngineOutput()
  var punctuated = Timestamp(milliseconds: 0)
  private var tended = ContinuousClock.now
  /// What the group has last refused, which it may do every second or two for as long as nobody mends it.
  private var refusal: (error: KafkaError, told: ContinuousClock.Instant)?
  /// The last step held changes of the past.
  var isBackfilling = false
  /// The clients' own figures: each client has its gauges, as one takes away what the other does not know.
  private let gauges: (consumer: StatisticsGauges, producer: StatisticsGauges)?
  /// Entries that this thread has written to the ledger and not yet read back.
  var entriesUnderWay = 0
  /// The running partitions whose changes belong to the past.
  var history: HistoryMerge
  /// The last turn took changes from there: no time to wait.
  var isInHistory = false

  init(
    _ settings: ScorerSettings, partitions: Int, number: Int, status: ScorerStatus, logger: Logger,
    clock: @escaping @Sendable () -> Timestamp, isStopped: @escaping @Sendable () -> Bool
  ) throws(ScorerError) {
    self.settings = settings
    self.partitions = partitions
    let lease = Lease(sessionTimeout: settings.sessionTimeout)
    self.lease = lease
    self.isStopped = isStopped
    self.number = number
    self.status = status
    self.clock = clock
    var logger = logger
    logger[metadataKey: "thread"] = "\(number)"
    self.logger = logger
    metrics = ScorerMetrics(thread: number)
    history = HistoryMerge(patience: .milliseconds(250 + settings.fetchWaitMax))
    decoder = ChangeDecoder(maximumBytes: settings.maximumRecordBytes)
    baselines = Baselines(model: settings.engine.model.id, halfLifeDays: settings.halfLifeDays)
    do throws(KafkaError) {
      ledger = try LedgerFollower(settings, logger: logger)
      let gauges =
        settings.client.statisticsInterval > 0
        ? (consumer: StatisticsGauges(logger: logger), producer: StatisticsGauges(logger: logger)) : nil
      self.gauges = gauges
      consumer = try Consumer(
        Self.consumerConfiguration(settings, number, partitions), logger: logger,
        statistics: gauges.map { $0.consumer.receive(_:) }
      )
      (writer, committer) = try Self.output(
        settings, number, partitions, consumer, lease, logger: logger, gauges: gauges?.producer, isStopped: isStopped)
    } catch {
      throw .kafka(error)
    }
  }

  private static func output(
    _ settings: ScorerSettings, _ number: Int, _ partitions: Int, _ consumer: Consumer, _ lease: Lease, logger: Logger,
    gauges: StatisticsGauges?, isStopped: @escaping @Sendable () -> Bool
  ) throws(KafkaError) -> (OutputWriter, any Committer) {
    let producer = try Producer(
      producerConfiguration(settings, number), logger: logger, statistics: gauges.map { $0.receive(_:) })
    let writer = try OutputWriter(producer, settings.topics, source: "/dealpulse/\(settings.groupID)")
    let topic = settings.topics.changes
    guard settings.guarantee == .exactlyOnce else {
      return (writer, PipelinedCommitter(writer, consumer, lease, topic: topic, partitions: partitions))
    }
    let committer = TransactionalCommitter(
      writer, consumer, topic: topic, partitions: partitions, member: settings.memberName(thread: number),
      interval: settings.commitInterval,
      isStopped: isStopped)
    return (writer, committer)
  }

  /// Closes the producer and opens another. The next assignment takes its transactional id into use, which ends what the old
  /// one has open.
  func renewOutput() throws(KafkaError) {
    writer.producer.close()
    (writer, committer) = try Self.output(
      settings, number, partitions, consumer, lease, logger: logger, gauges: gauges?.producer, isStopped: isStopped)
  }

  private static func consumerConfiguration(
    _ settings: ScorerSettings, _ number: Int, _ partitions: Int
  ) -> ConsumerConfiguration {
    var configuration = ConsumerConfiguration(client: settings.client, groupID: settings.groupID)
    configuration.client.clientID += "-consumer-\(number)"
    configuration.groupInstanceID = settings.memberName(thread: number)
    configuration.assignmentStrategy = settings.assignor
    configuration.sessionTimeout = settings.sessionTimeout
    // A member learns by its heartbeat that the group shares out anew: until then the partitions of one that died lie idle.
    configuration.heartbeatInterval = max(100, min(250, settings.sessionTimeout / 20))
    configuration.fetchWaitMax = settings.fetchWaitMax
    let limits = QueueLimits(partitions: partitions)
    (configuration.queuedMaxKibibytes, configuration.queuedMinMessages) = (limits.kibibytes, limits.messages)
    return configuration
  }

  private static func producerConfiguration(_ settings: ScorerSettings, _ number: Int) -> ProducerConfiguration {
    var configuration = ProducerConfiguration(client: settings.client)
    configuration.client.clientID += "-producer-\(number)"
    configuration.linger = settings.linger
    if settings.guarantee == .atLeastOnce {
      // What the broker did not take within a session is not ours to write any more.
      configuration.messageTimeout = settings.sessionTimeout
    } else {
      configuration.transactionalID = settings.transactionalID(ofMember: settings.memberName(thread: number))
    }
    return configuration
  }

  /// Runs until it is stopped, then commits and leaves the group.
  func run() throws(ScorerError) {
    try endFormerTransaction()
    try readLedger()
    try subscribe()
    while !isStopped() { try turn() }
    try stop()
  }

  /// What an earlier run of this thread left open would hold back the end of the ledger, which is read next. By a producer
  /// that does nothing else: that of the committer takes the id into use when this thread is a member of its group.
  private func endFormerTransaction() throws(ScorerError) {
    guard settings.guarantee == .exactlyOnce else { return }
    let id = settings.transactionalID(ofMember: settings.memberName(thread: number))
    do throws(KafkaError) {
      let producer = try Producer(settings.successorConfiguration(id), logger: logger)
      defer { producer.close() }
      while !isStopped() {
        do throws(KafkaError) {
          return try producer.initTransactions(timeout: 1_000)
        } catch {
          guard error.isRetriable else { throw error }
        }
      }
    } catch {
      throw .kafka(error)
    }
  }

  /// Nothing is scored before the ledger was read to the end that it had at the start.
  private func readLedger() throws(ScorerError) {
    var knowsEnd = false
    while !isStopped() {
      if !knowsEnd {
        do throws(KafkaError) {
          try ledger.refreshEnd()
          knowsEnd = true
        } catch {
          if !error.isRetriable { throw .kafka(error) }
          continue
        }
      }
      if ledger.isCaughtUp { break }
      try followLedger(timeout: 50)
    }
    report.hasReadLedger = true
    status.report(number, report)
    logger.info("read the ledger", metadata: ["entries_end": "\(baselines.offset)"])
  }

  private func followLedger(timeout: Int32) throws(ScorerError) {
    try ledger.poll(timeout: timeout) { entry, offset in
      baselines.apply(entry, at: offset)
      if entriesUnderWay > 0, tasks[entry.source.partition] != nil { entriesUnderWay -= 1 }
    }
  }

  /// One turn of the loop.
  private func turn() throws(ScorerError) {
    tendGroup()
    try subscribeOnceLeft()
    try restore()
    try followLedger(timeout: 0)
    do throws(KafkaError) {
      try committer.sign(running)
      try step()
      try punctuate()
      try committer.poll(running)
      // Entries of an open transaction are not read by anybody, us included.
      if settings.guarantee == .exactlyOnce, isBackfilling, settings.backfillLedgerWait > 0, entriesUnderWay > 0 {
        try committer.finish(running, timeout: nil)
      }
    } catch {
      try recover(from: error)
    }
    try awaitOwnOutcomes()
    if let handlerError { throw handlerError }
    if let departure { try joinAgain(after: departure) }
    try takeEvents()
    if let error = writer.producer.fatalError { try recover(from: error) }
  }

  private func takeEvents() throws(ScorerError) {
    for case .failed(let error, let partition) in consumer.takeEvents() {
      if error.isFatal { throw .kafka(error) }
      guard let partition else {
        complain(error)
        continue
      }
      logger.warning("\(error)", metadata: ["partition": "\(partition.partition)"])
      guard error.isOutOfRange, let task = tasks[partition.partition] else { continue }
      // librdkafka reads no more of it: what has become of its changes must be asked.
      if task.phase == .running { ready.add(task) }
    }
  }

  /// Says what the group refuses, and not more than once a minute that it still does.
  private func complain(_ error: KafkaError) {
    let now = ContinuousClock.now
    if let refusal, refusal.error == error, now - refusal.told < .seconds(60) { return }
    refusal = (error, now)
    logger.warning("\(error)")
  }

  private func tendGroup() {
    let now = ContinuousClock.now
    guard now - tended >= Self.tendingInterval else { return }
    tended = now
    consumer.tendGroup()
  }

  /// During backfill, waits until the outcomes of the last step have come round: the next one is scored with them.
  private func awaitOwnOutcomes() throws(ScorerError) {
    guard isBackfilling, settings.backfillLedgerWait > 0 else { return }
    let deadline = ContinuousClock.now + .milliseconds(settings.backfillLedgerWait)
    while entriesUnderWay > 0, ContinuousClock.now < deadline { try followLedger(timeout: 2) }
    // What has not come by then (an aborted transaction, a slow broker) is not waited for again.
    entriesUnderWay = 0
  }

  /// The tasks that are scored, in the order of their partitions.
  var running: [DealTask] {
    tasks.values.filter { $0.phase == .running }.sorted { $0.partition < $1.partition }
  }

  /// Commits what is done, leaves the group and closes. Within two seconds where the broker answers.
  private func stop() throws(ScorerError) {
    do throws(KafkaError) {
      try committer.finish(running, timeout: 1_500)
    } catch {
      // What was not done by now is done again after the next start. Leaving the group must not wait for it once more.
      committer.discard()
      close()
      if error.errorClass == .abortable || error.isFenced { return }
      throw .kafka(error)
    }
    close()
  }

  func close() {
    tasks = [:]
    for succession in successions { succession.cancel() }
    successions = []
    for restoration in restorations { restoration.close() }
    restorations = []
    history.removeAll()
    idleReaders?.close()
    consumer.close()
    ledger.close()
    writer.producer.close()
    gauges?.consumer.close()
    gauges?.producer.close()
  }
}
