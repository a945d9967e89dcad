import Deals
import Kafka

/// Partitions come and go. Handlers run within `poll`, on the processor's thread.
///
/// With `range` all of them are revoked before each share-out, and what this thread has after it is assigned, all at once.
/// With `cooperative-sticky` only those are revoked that another member is to have. They are nobody's until all members have
/// given back what they are to give back and share out once more; until then a commit of them is still taken. What stays is
/// scored all the while, and only what is new is assigned, be it nothing.
extension DealProcessor {
  func rebalanceHandler() -> RebalanceHandler {
    RebalanceHandler(
      assigned: { [unowned self] in assigned($0) }, revoked: { [unowned self] in revoked($0) },
      lost: { [unowned self] in lost($0) })
  }

  private func assigned(_ partitions: [TopicPartition]) -> [TopicPartition: StartOffset] {
    metrics.countRebalance()
    let back = takeKept(partitions)
    logger.info(
      "assigned",
      metadata: [
        "partitions": "\(partitions.map(\.partition).sorted())", "kept": "\(back.map(\.partition).sorted())",
      ])
    report.hasJoined = !isLeaving
    resumeSuccessions()
    defer { publishReport() }
    guard !partitions.isEmpty else { return [:] }
    if let strange = partitions.first(where: { Int($0.partition) >= self.partitions }) {
      handlerError = .partitionsChanged(strange.partition, from: self.partitions)
      return [:]
    }
    var starts: [TopicPartition: StartOffset] = [:]
    do throws(KafkaError) {
      try committer.join()
      for task in back {
        starts[takeBack(task)] = .offset(task.engine.position.nextOffset)
        try line(up: task)
      }
      let others = partitions.filter { starts[$0] == nil }
      if !others.isEmpty { try beginRestoring(others) }
      // Where reading begins is known once the state is: until then the partition stands still at its end.
      for partition in others { starts[partition] = .end }
    } catch {
      if !isStopped() { handlerError = .kafka(error) }
      return [:]
    }
    return starts
  }

  /// What of the partitions was this thread's until just now, in the state in which it gave it back.
  ///
  /// A generation of the group gives a partition to one member at most. Who had it in a generation and has it in the very
  /// next was its only owner all the time: nobody has written to its state since, and nobody who owned it in an older
  /// generation could still commit anything by the time this thread began to score it.
  private func takeKept(_ partitions: [TopicPartition]) -> [DealTask] {
    let (before, now) = (generation, consumer.generation)
    defer {
      generation = now
      kept = [:]
    }
    guard let before, let now, now.directlyFollows(before) else { return [] }
    return partitions.compactMap { kept[$0.partition] }
  }

  private func takeBack(_ task: DealTask) -> TopicPartition {
    let partition = TopicPartition(settings.topics.changes, task.partition)
    tasks[task.partition] = task
    if task.engine.position.nextOffset > 0 { committer.resume(partition, at: task.engine.position.nextOffset) }
    return partition
  }

  private func beginRestoring(_ partitions: [TopicPartition]) throws(KafkaError) {
    let new = partitions.map { DealTask(partition: $0.partition, settings: settings.engine) }
    let readers: Restoration.Readers
    if let idleReaders {
      readers = idleReaders
    } else {
      readers = try Restoration.Readers(settings, logger: logger)
    }
    idleReaders = nil
    restorations.append(try Restoration(new, of: self.partitions, settings, readers, logger: logger, metrics: metrics))
    for task in new { tasks[task.partition] = task }
    toPause += partitions
  }

  /// Who has left the group is asked anew in each generation, for the partitions whose state is still being read, too.
  private func resumeSuccessions() {
    concludeSuccessions()
    succeeded = [settings.memberName(thread: number)]
    if isRestoring { succeed(to: interrupted) }
    interrupted = []
  }

  /// When this returns nobody is fenced any more.
  private func concludeSuccessions() {
    for succession in successions where !succession.conclude() { interrupted.formUnion(succession.writers) }
    successions = []
  }

  private func revoked(_ partitions: [TopicPartition]) {
    metrics.countRebalance()
    logger.info("revoked", metadata: ["partitions": "\(partitions.map(\.partition).sorted())"])
    concludeSuccessions()
    do throws(KafkaError) {
      try committer.finish(running, timeout: Int32(settings.sessionTimeout / 2))
      // A partition that is revoked cooperatively is nobody's in this generation: it does not come straight back.
      for partition in partitions where !isCooperative {
        guard let task = tasks[partition.partition], task.phase == .running else { continue }
        if !task.engine.hasUncommittedChanges { kept[partition.partition] = task }
      }
    } catch {
      // What was not committed is done again by the next owner.
      logger.warning("not committed before the partitions went: \(error)")
      giveUp(partitions, after: error)
    }
    drop(partitions)
  }

  private func lost(_ partitions: [TopicPartition]) {
    metrics.countRebalance()
    logger.warning("lost", metadata: ["partitions": "\(partitions.map(\.partition).sorted())"])
    // Out of the group: nothing is scored here before it has been joined again.
    report.hasJoined = false
    do throws(KafkaError) {
      try forsake(partitions + allPartitions)
    } catch {
      handlerError = .kafka(error)
    }
  }

  /// Undoes what could not be committed before partitions went. The group waits for this: so a broker that did not answer in
  /// time is not asked to abort either.
  private func giveUp(_ partitions: [TopicPartition], after cause: KafkaError) {
    if cause.errorClass != .abortable, !cause.isRetriable, !cause.isFenced { handlerError = .kafka(cause) }
    do throws(KafkaError) {
      if try !abort(after: cause) || isCooperative { try forsake(partitions + allPartitions) }
    } catch {
      handlerError = .kafka(error)
    }
    for task in running { task.engine.rollback() }
    // What was to stay was undone as well, and can't be read again from within a handler.
    if isCooperative { departure = cause }
  }

  private var isCooperative: Bool { settings.assignor == .cooperativeSticky }

  /// Ends the open transaction, so that the next owner need not wait for its time to be over; false where it stays open.
  private func abort(after cause: KafkaError) throws(KafkaError) -> Bool {
    guard settings.guarantee == .exactlyOnce, cause.requiresAbort else { return false }
    do throws(KafkaError) {
      try committer.abandon(timeout: Int32(settings.sessionTimeout / 4))
      return true
    } catch {
      guard error.isRetriable || error.isFenced else { throw error }
      return false
    }
  }

  func drop(_ partitions: [TopicPartition]) {
    let numbers = Set(partitions.map(\.partition))
    for number in numbers { tasks[number] = nil }
    history.remove(numbers)
    for restoration in restorations { restoration.drop(numbers) }
    ready.remove(numbers)
    releaseRestorations()
    toPause.removeAll { numbers.contains($0.partition) }
    publishReport()
  }

  func pauseAssigned() throws(KafkaError) {
    guard !toPause.isEmpty else { return }
    try consumer.pause(toPause)
    toPause = []
  }

  func publishReport() {
    report.running = Set(running.map(\.partition)).subtracting(ready.partitions)
    report.restoring = Set(tasks.keys).subtracting(report.running)
    status.report(number, report)
  }
}
