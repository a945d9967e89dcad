import Deals
import Kafka

/// From the first record of a partition's state until its changes are scored.
extension DealProcessor {
  /// Reads some more state; tasks whose state is whole begin to be scored.
  func restore() throws(ScorerError) {
    guard isRestoring else { return }
    for restoration in restorations {
      try asking { () throws(KafkaError) in try restoration.settle(consumer) }
      for task in try restoration.step(maxRecords: 20_000) where tasks[task.partition] === task { ready.add(task) }
      succeed(to: restoration.takeWriters())
    }
    releaseRestorations()
    successions.removeAll(where: \.isOver)
    try beginReady()
  }

  /// Whether there are partitions that are to be scored and are not yet.
  var isRestoring: Bool { !restorations.isEmpty || !ready.isEmpty }

  /// Lets the clients of restorations that are over wait for the next one.
  func releaseRestorations() {
    for restoration in restorations where restoration.isComplete {
      if idleReaders == nil, let readers = try? restoration.release() {
        idleReaders = readers
      } else {
        restoration.close()
      }
    }
    restorations.removeAll(where: \.isComplete)
  }

  /// Has ended what former owners may have left open.
  func succeed(to writers: Set<String>) {
    let new = writers.subtracting(succeeded)
    guard settings.guarantee == .exactlyOnce, !new.isEmpty else { return }
    succeeded.formUnion(new)
    let names = Succession.Names(member: settings.memberName(thread: number), settings: settings)
    successions.append(Succession(to: new, names, asking: Admin(of: consumer), logger: logger))
  }

  /// Begins with the tasks that are ready. A broker that does not answer is waited for, and while it is away, or one partition
  /// has no leader, the running partitions are scored.
  private func beginReady() throws(ScorerError) {
    while let task = ready.next(at: .now) {
      do throws(ScorerError) {
        try begin(task)
        ready.noteBegun(task)
      } catch {
        guard case .kafka(let cause) = error, cause.isRetriable || cause.isWithoutLeader else { throw error }
        ready.noteRefusal(at: .now)
        logger.warning("can't begin yet, trying on: \(cause)", metadata: ["partition": "\(task.partition)"])
      }
      publishReport()
    }
  }

  private func begin(_ task: DealTask) throws(ScorerError) {
    let partition = TopicPartition(settings.topics.changes, task.partition)
    let bounds = try asking { () throws(KafkaError) in try consumer.watermarks(partition, timeout: ready.patience) }
    try checkPosition(of: task, in: bounds)
    guard task.phase == .restoring else {
      // A partition that librdkafka has stopped to read can't be sought, only be assigned anew.
      return try surrender(after: .abort("\(partition) was said to be out of range, and is not"))
    }
    try asking { () throws(KafkaError) in
      try pauseAssigned()
      try consumer.seek([partition: .offset(task.engine.position.nextOffset)])
      try line(up: task)
      try consumer.resume([partition])
    }
    if task.engine.position.nextOffset > 0 { committer.resume(partition, at: task.engine.position.nextOffset) }
    task.phase = .running
  }

  /// Whether everything from a task's position on is still there.
  private func checkPosition(of task: DealTask, in bounds: (low: Int64, high: Int64)) throws(ScorerError) {
    let position = task.engine.position.nextOffset
    guard position <= bounds.high else {
      throw .changesReplaced(partition: task.partition, position: position, end: bounds.high)
    }
    guard position < bounds.low else { return }
    guard position == 0, !task.restoredPosition else {
      throw .changesLost(partition: task.partition, position: position, oldest: bounds.low)
    }
    task.engine.skip(bounds.low - 1)
  }

  /// Has a partition of the past taken in the order of time, and one of the present as its changes come.
  func line(up task: DealTask) throws(KafkaError) {
    // A queue that ends gives its records back to the polls: it must not do so behind the new one.
    history.remove([task.partition])
    // Let go at once, it makes sure that polls hand the partition out, whatever was done with it before.
    let queue = try PartitionQueue(TopicPartition(settings.topics.changes, task.partition), of: consumer)
    // A scorer that is told not to wait for the ledger need not mind the order either.
    if !task.engine.position.isLive, settings.backfillLedgerWait > 0 { history.add(queue) }
  }

  private func asking<Answer>(
    _ question: () throws(KafkaError) -> Answer
  ) throws(ScorerError) -> Answer {
    do throws(KafkaError) {
      return try question()
    } catch {
      throw .kafka(error)
    }
  }
}
