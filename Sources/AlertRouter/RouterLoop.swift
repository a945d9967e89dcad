import AlertDelivery
import Alerts
import DeadLetters
import Deals
import Foundation
import Kafka
import Logging

/// The one thread that reads, decides and stores.
///
/// A turn is: read a batch, take it in, let time pass, store it all in one transaction, tell Kafka what other routers and
/// auditors must know, and only then commit the offsets.
final class RouterLoop {
  /// Longer than this a store that is locked or full is not waited for: another router of the group takes over.
  private static let storePatience: Int64 = 120_000
  /// Longer than this another router's word is not waited for: an alert said twice is better than none.
  private static let tailPatience: Int64 = 60_000
  /// After partitions were assigned, what lies in them is read before their silence is found, for so long at most.
  private static let hearingPatience: Int64 = 60_000

  private let settings: RouterProcessSettings
  private let store: RouterStore
  private let logger: Logger
  private let takeHeartbeat: @Sendable () -> Bool
  private let isStopped: @Sendable () -> Bool
  private let reader: RecordReader
  private let writer: RouterWriter
  private let tail: TailInput
  private let group: GroupInput
  private let name: String
  private var pipeline: AlertPipeline
  private var clock = Clock()
  private var watch: HeartbeatWatch
  private var connection: ConnectionWatch
  /// What rebalance handlers brought about; it is stored with the next turn.
  private var pending = PipelineOutput()
  private var pendingOffsets: [InputPartition: Int64] = [:]
  private var handlerError: (any Error)?
  /// The last command that was done, the last that other routers know of, and the last that was forgotten.
  private var commands: (done: Int64, told: Int64, forgotten: Int64) = (0, 0, 0)
  /// Between the first record that the pipeline takes in and the store. Where a turn ends in between, the pipeline counts as
  /// said what is written down nowhere: nothing of it may be stored or told, and the records are read again.
  private var isDeciding = false

  /// - Parameters:
  ///   - takeHeartbeat: Whether somebody has said since the last call that the stream is alive.
  ///   - isStopped: Whether `run` is to end.
  init(
    _ settings: RouterProcessSettings, _ rules: RouterRules, _ store: RouterStore, logger: Logger,
    takeHeartbeat: @escaping @Sendable () -> Bool,
    isStopped: @escaping @Sendable () -> Bool
  ) throws {
    self.settings = settings
    self.store = store
    self.logger = logger
    self.takeHeartbeat = takeHeartbeat
    self.isStopped = isStopped
    pipeline = AlertPipeline(rules)
    try store.restore(&pipeline)
    name = try store.name()
    let offsets = try store.offsets()
    reader = RecordReader(settings.topics)
    writer = try RouterWriter(settings, store, name: name, logger)
    let cluster = try Admin(settings.client, logger: logger).describeCluster()
    try RouterTopics(settings.topics).verify(cluster)
    tail = try TailInput(settings, cluster, stored: offsets, logger)
    group = try GroupInput(settings, stored: offsets, logger)
    let now = clock.now()
    watch = HeartbeatWatch(from: now)
    connection = ConnectionWatch(router: settings.instanceID)
    connection.resume(isSaid: pipeline.isOpen(.dataUnavailable, connection.subject))
    // A crash may have kept moments of a clock that ran ahead.
    pipeline.clockWasSetBack(to: now)
    try store.pullBack(to: now)
    pipeline.ownNothing()
    pipeline.beginCatchUp()
  }

  /// Runs until it is stopped, then gives its partitions up in order.
  ///
  /// - Parameter afterTurn: Runs after each turn, with the time and whether the group has given this router a place; returns
  ///   the rules to be taken over where there are new ones.
  func run(afterTurn: (Timestamp, Bool) -> RouterRules?) throws {
    defer { close() }
    try readTail(patience: .max)
    try writer.share(pipeline.standingWords, forgotten: [])
    logger.info(
      "started", metadata: ["known": "\(pipeline.deduplicator.count)", "store": "\(name)"])
    try group.join(
      GroupInput.Handover(
        assigned: { [unowned self] origins in attempt { try assigned(origins) } },
        revoked: { [unowned self] origins in attempt { try revoked(origins) } },
        lost: { [unowned self] origins in attempt { try lost(origins) } }))
    var nextTidying = clock.now()
    var nextMeasuring = nextTidying
    while !isStopped() {
      try turn()
      let now = clock.now()
      if nextMeasuring <= now {
        nextMeasuring = now.adding(milliseconds: 5_000)
        try measure(at: now)
      }
      if nextTidying <= now {
        nextTidying = now.adding(milliseconds: 3_600_000)
        try tidy(at: now)
      }
      if let rules = afterTurn(now, group.isAssigned) { pipeline.reload(rules, at: now) }
    }
  }

  private func tidy(at now: Timestamp) throws {
    pipeline.forgetOld(at: now)
    let limit = now.adding(milliseconds: -pipeline.rules.retention.value)
    _ = try unlessHeld { () throws(StoreError) in try store.forget(before: limit) }
  }

  /// Writes what can also be written later. False where the store is locked or full, which does not end the router here.
  private func unlessHeld(_ write: () throws(StoreError) -> Void) throws(StoreError) -> Bool {
    do throws(StoreError) { try write() } catch {
      guard error.mayPass else { throw error }
      RouterMetrics.countStoreWait()
      logger.warning("\(error); it is written later")
      return false
    }
    return true
  }

  private func measure(at now: Timestamp) throws {
    let backlog = try store.backlog()
    let age = backlog.oldest.map { Double(now.milliseconds - $0.milliseconds) / 1_000 } ?? 0
    RouterMetrics.record(
      open: pipeline.openCount, waiting: backlog.waiting, dead: backlog.dead, oldestSeconds: max(0, age))
  }

  private func turn() throws {
    let deadLetter = { [self] (message: borrowing MessageView, reason: DeadLetterReason) in
      try writer.deadLetter(message, reason, now: clock.now())
    }
    let mark = pipeline.mark
    let batch = try group.poll(timeout: 100, reader, deadLetter)
    if let handlerError { throw handlerError }
    let news = try tail.poll(timeout: 0, reader, deadLetter)
    FaultPoint.afterRead.pass()
    let now = clock.now()
    if clock.takeSetBack() { try followClockBack(to: now) }
    isDeciding = true
    var output = pending
    pending = PipelineOutput()
    let (newCommands, lastCommand) = try store.commands(after: commands.done)
    for command in newCommands { command.apply(to: &pipeline, at: now) }
    commands.done = max(commands.done, lastCommand)
    take(news.statements + batch.statements, at: now, &output)
    let isAlive = takeHeartbeat() || batch.isFromStream(settings.topics) || news.isFromStream(settings.topics)
    hear(isSomething: isAlive, at: now, &output)
    if pipeline.isCatchingUp, group.hasCaughtUp { output.decisions += pipeline.endCatchUp(at: now) }
    let made = pipeline.tick(at: now)
    output.messages += made.messages
    // What never concerned anybody is counted by the topics themselves.
    output.decisions = (output.decisions + made.decisions).filter { $0.reason != .backfill && $0.reason != .notUrgent }
    let offsets = pendingOffsets.merging(batch.offsets) { max($0, $1) }.merging(news.offsets) { max($0, $1) }
    let isNews = !offsets.isEmpty || !newCommands.isEmpty || !output.decisions.isEmpty
    RouterMetrics.count(output.decisions)
    if isNews || pipeline.hasChanged(since: mark) {
      guard try awaitDeadLetters() else { return }
      try keep(output, offsets, since: mark)
      pendingOffsets = [:]
      FaultPoint.afterStore.pass()
    }
    isDeciding = false
    try tell(timeout: 2_000)
  }

  /// Tells what was stored. Offsets are committed and commands forgotten only once other routers know: whoever reads on from
  /// there must know what was decided before.
  private func tell(timeout: Int32) throws {
    if let told = try writer.publish(timeout: timeout) {
      if !told.offsets.isEmpty { FaultPoint.afterPublish.pass() }
      group.commit(told.offsets)
      commands.told = max(commands.told, told.lastCommand)
    }
    guard commands.forgotten < commands.told else { return }
    let last = commands.told
    if try unlessHeld({ () throws(StoreError) in try store.forgetCommands(upTo: last) }) { commands.forgotten = last }
  }

  private func take(_ statements: [Statement], at now: Timestamp, _ output: inout PipelineOutput) {
    for statement in statements {
      switch statement {
      case .alert(let source): output.decisions += pipeline.take(source, at: now)
      case .outcome(let entry): output.decisions += pipeline.take(entry, at: now)
      case .report(let note): pipeline.take(note)
      case .shared(let record, let writer):
        // Our own word comes back to us; that of a store that was lost under our name would bear another.
        if writer != name { output.decisions += pipeline.learn(record, from: writer, at: now) }
      }
    }
  }

  /// The dead man's switch: one router of the group speaks of the stream as a whole, and of Kafka where it has lost that.
  private func hear(isSomething: Bool, at now: Timestamp, _ output: inout PipelineOutput) {
    if isSomething, let end = watch.heard(at: now) { output.decisions += pipeline.take(end, at: now) }
    guard let limit = pipeline.rules.silentAfter else { return }
    if let lost = connection.check(at: now, lostFor: limit.value) { output.decisions += pipeline.take(lost, at: now) }
    // At the beginning of the hours in which records are expected nothing need have come yet.
    if !pipeline.rules.expectsRecords(at: now) { watch.wait(until: now.adding(milliseconds: limit.value)) }
    guard pipeline.isLeader, let silent = watch.check(at: now, silentAfter: limit.value) else { return }
    output.decisions += pipeline.take(silent, at: now)
  }

  /// This router has no partitions for now, and with them the word on the stream as a whole, if it had it.
  private func loseConnection() {
    if pipeline.isLeader { connection.lost(at: clock.now()) }
  }

  private func followClockBack(to now: Timestamp) throws {
    logger.warning("the clock was set back by more than an hour", metadata: ["now": "\(now)"])
    pipeline.clockWasSetBack(to: now)
    try store.pullBack(to: now)
    let wasSilent = pipeline.isOpen(.dataUnavailable, HeartbeatWatch.subject)
    watch = HeartbeatWatch(from: now)
    watch.resume(isSilent: wasSilent)
    connection.clockWasSetBack(to: now)
  }

  /// A record that can't be used is not passed by before it is among the dead letters. False where we are to stop.
  private func awaitDeadLetters() throws -> Bool {
    while try !writer.hasWrittenDeadLetters(timeout: 1_000) {
      if isStopped() { return false }
    }
    return true
  }

  /// Stores; a store that is locked or full is waited for, with the whole turn in hand.
  private func keep(
    _ output: PipelineOutput, _ offsets: [InputPartition: Int64], since mark: PipelineMark
  ) throws {
    let begun = DispatchTime.now().uptimeNanoseconds / 1_000_000
    while true {
      do throws(StoreError) {
        let changes = try store.commit(
          &pipeline, messages: output.messages, decisions: output.decisions, offsets: offsets)
        group.note(stored: offsets)
        let (records, forgotten) = pipeline.takeShared(changes.states, since: mark)
        return share(records, forgotten, offsets)
      } catch {
        let waited = Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000 - begun)
        guard error.mayPass, waited < Self.storePatience, !isStopped() else { throw error }
        RouterMetrics.countStoreWait()
        logger.error("\(error); waiting")
        DedicatedThread.pause(milliseconds: 1_000)
      }
    }
  }

  private func share(
    _ records: [SharedRecord], _ forgotten: [Fingerprint], _ offsets: [InputPartition: Int64]
  ) {
    do {
      try writer.share(records, forgotten: forgotten, offsets: offsets, lastCommand: commands.done)
    } catch {
      // Values of our own that can't be written as JSON: there are none.
      logger.error("alerts.state: \(error)")
    }
  }

  // MARK: Partitions come and go

  /// A handler can't throw: what it meets is thrown once the poll has returned.
  private func attempt(_ body: () throws -> Void) {
    do { try body() } catch { handlerError = handlerError ?? error }
  }

  /// Before the first record of a partition is read, the word of who read it before is.
  private func assigned(_ origins: Set<Origin>) throws {
    try readTail(patience: Self.tailPatience)
    pipeline.beginCatchUp()
    let now = clock.now()
    pending.decisions += pipeline.adopt(origins, at: now)
    if let end = connection.regained(at: now) { pending.decisions += pipeline.take(end, at: now) }
    let patience = min(Self.hearingPatience, pipeline.rules.silentAfter?.value ?? 0)
    watch.wait(until: now.adding(milliseconds: patience))
    watch.resume(isSilent: pipeline.isOpen(.dataUnavailable, HeartbeatWatch.subject))
  }

  private func revoked(_ origins: Set<Origin>) throws {
    loseConnection()
    defer { writer.forgetOffsets() }
    guard !isDeciding else {
      logger.warning("the last records were not decided on: they are read again")
      return
    }
    let mark = pipeline.mark
    pipeline.release(origins)
    let output = pending
    pending = PipelineOutput()
    try keep(output, pendingOffsets, since: mark)
    pendingOffsets = [:]
    try tell(timeout: 5_000)
  }

  private func lost(_ origins: Set<Origin>) throws {
    loseConnection()
    writer.forgetOffsets()
    pipeline.release(origins)
    // Whoever has them by now knows better.
    pipeline.forgetToTell()
  }

  /// Reads what other routers have told and the ledger, up to where they end now.
  private func readTail(patience: Int64) throws {
    let begun = Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000)
    var ends: [TopicPartition: Int64]?
    while !isStopped() {
      let waited = Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) - begun
      guard waited < patience else {
        logger.warning("going on without what other routers have said: an open alert may be said again")
        return
      }
      if ends == nil {
        do throws(KafkaError) { ends = try tail.ends() } catch {
          guard error.isRetriable else { throw error }
          logger.warning("waiting for the brokers: \(error)")
          continue
        }
      }
      if let ends, tail.hasRead(ends) { return }
      let now = clock.now()
      let batch = try tail.poll(timeout: 50, reader) { message, reason in
        try writer.deadLetter(message, reason, now: now)
      }
      take(batch.statements, at: now, &pending)
      pendingOffsets.merge(batch.offsets) { $1 }
    }
  }

  private func close() {
    group.close()
    tail.close()
    writer.close()
  }
}
