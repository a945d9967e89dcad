import Deals
import Kafka

/// Partitions come and go. Handlers run within `poll`, on the processor's thread.
extension DealProcessor {
  func rebalanceHandler() -> RebalanceHandler {
    RebalanceHandler(
      assigned: { [unowned self] in assigned($0) }, revoked: { [unowned self] in revoked($0) },
      lost: { [unowned self] in lost($0) })
  }

  private func assigned(_ partitions: [TopicPartition]) -> [TopicPartition: StartOffset] {
    metrics.countRebalance()
    logger.info("assigned", metadata: ["partitions": "\(partitions.map(\.partition).sorted())"])
    report.hasJoined = true
    defer { publishReport() }
    guard !partitions.isEmpty else { return [:] }
    if let strange = partitions.first(where: { Int($0.partition) >= self.partitions }) {
      handlerError = .partitionsChanged(strange.partition, from: self.partitions)
      return [:]
    }
    let new = partitions.map { DealTask(partition: $0.partition, settings: settings.engine) }
    do throws(KafkaError) {
      restorations.append(try Restoration(new, settings, logger: logger, metrics: metrics))
    } catch {
      handlerError = .kafka(error)
      return [:]
    }
    for task in new { tasks[task.partition] = task }
    toPause += partitions
    // Where reading begins is known once the state is: until then the partition stands still at its end.
    return Dictionary(uniqueKeysWithValues: partitions.map { ($0, .end) })
  }

  private func revoked(_ partitions: [TopicPartition]) {
    metrics.countRebalance()
    logger.info("revoked", metadata: ["partitions": "\(partitions.map(\.partition).sorted())"])
    do throws(KafkaError) {
      try committer.finish(running, timeout: Int32(settings.sessionTimeout / 2))
    } catch {
      // What was not committed is done again by the next owner.
      logger.warning("not committed before the partitions went: \(error)")
      abandonAndRollBack(error)
    }
    drop(partitions)
  }

  private func lost(_ partitions: [TopicPartition]) {
    metrics.countRebalance()
    logger.warning("lost", metadata: ["partitions": "\(partitions.map(\.partition).sorted())"])
    // Out of the group: nothing is scored here before it has been joined again.
    report.hasJoined = false
    do throws(KafkaError) {
      try forsake(partitions)
    } catch {
      handlerError = .kafka(error)
    }
    for task in running { task.engine.rollback() }
  }

  private func abandonAndRollBack(_ cause: KafkaError) {
    if cause.errorClass != .abortable, !cause.isRetriable { handlerError = .kafka(cause) }
    do throws(KafkaError) {
      try committer.abandon()
    } catch {
      handlerError = .kafka(error)
    }
    for task in running { task.engine.rollback() }
  }

  func drop(_ partitions: [TopicPartition]) {
    let numbers = Set(partitions.map(\.partition))
    for number in numbers { tasks[number] = nil }
    for restoration in restorations { restoration.drop(numbers) }
    toPause.removeAll { numbers.contains($0.partition) }
    publishReport()
  }

  func pauseAssigned() throws(KafkaError) {
    guard !toPause.isEmpty else { return }
    try consumer.pause(toPause)
    toPause = []
  }

  /// Reads some more state; tasks whose state is whole begin to be scored.
  func restore() throws(ScorerError) {
    guard !restorations.isEmpty else { return }
    for restoration in restorations {
      try asking { () throws(KafkaError) in try restoration.settle(consumer) }
      for task in try restoration.step(maxRecords: 20_000) where tasks[task.partition] === task {
        try begin(task)
      }
      if restoration.isComplete { restoration.close() }
    }
    restorations.removeAll(where: \.isComplete)
  }

  private func begin(_ task: DealTask) throws(ScorerError) {
    let partition = TopicPartition(settings.topics.changes, task.partition)
    let oldest = try asking { () throws(KafkaError) in try consumer.watermarks(partition).low }
    if task.engine.position.nextOffset < oldest {
      guard !task.restoredPosition else {
        throw .changesLost(
          partition: task.partition, position: task.engine.position.nextOffset, oldest: oldest)
      }
      task.engine.skip(oldest - 1)
    }
    try asking { () throws(KafkaError) in
      try pauseAssigned()
      try consumer.seek([partition: .offset(task.engine.position.nextOffset)])
      try consumer.resume([partition])
    }
    if task.engine.position.nextOffset > 0 { committer.resume(partition, at: task.engine.position.nextOffset) }
    task.phase = .running
    publishReport()
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

  private func publishReport() {
    report.running = Set(tasks.values.filter { $0.phase == .running }.map(\.partition))
    report.restoring = Set(tasks.values.filter { $0.phase == .restoring }.map(\.partition))
    status.report(number, report)
  }
}
