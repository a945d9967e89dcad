import Deals
import Kafka
import Logging
import Scoring

/// Steps: from changes that were handed out to the scores and entries that they ask for.
extension DealProcessor {
  /// Changes of one step at most.
  private static let batchSize = 2_000
  /// Changes of one step of backfill: a step is scored with the outcomes of the steps before it.
  private static let backfillBatchSize = 500
  /// Milliseconds between looks at the wall clock for what is due.
  private static let punctuationInterval: Int64 = 200

  /// Polls a batch, steps through it and publishes what the steps ask for.
  func step() throws(KafkaError) {
    let now = clock()
    let wait: Int32 = restorations.isEmpty && !isInHistory ? 10 : 0
    let size = isBackfilling && settings.backfillLedgerWait > 0 ? Self.backfillBatchSize : Self.batchSize
    var sawHistory = false
    let asked = ContinuousClock.now
    var count = try consumer.withBatch(maxMessages: size, timeout: wait) { batch throws(KafkaError) in
      lease.renew(asOf: asked)
      try batch.forEach { message throws(KafkaError) in
        guard let task = tasks[message.partition], task.phase == .running else { return }
        guard message.offset >= task.engine.position.nextOffset else { return }
        try committer.beginStep()
        if try !process(message, task, now) { sawHistory = true }
      }
      return batch.count
    }
    try pauseAssigned()
    let past = try stepThroughHistory(now)
    isInHistory = past > 0
    count += past
    guard count > 0 else { return }
    isBackfilling = sawHistory || past > 0
    countSteps()
    try committer.endStep(running)
    report.changes += count
    status.report(number, report)
  }

  /// Takes changes of partitions of the past in the order of their time, a day's at most, so that each is scored with the
  /// outcomes of the days before it.
  private func stepThroughHistory(_ now: Timestamp) throws(KafkaError) -> Int {
    // Restored partitions don't run ahead of those that are still to come.
    guard !history.isEmpty, !isRestoring else { return 0 }
    var count = 0
    var step = HistoryStep(length: settings.backfillStep)
    while count < Self.backfillBatchSize, let next = history.next(at: .now, hasMore: hasMore) {
      guard entriesUnderWay == 0 || step.contains(next.time) else { break }
      guard let task = tasks[next.partition], task.phase == .running else { break }
      var isLive = false
      try history.take(next) { message throws(KafkaError) in
        guard message.offset >= task.engine.position.nextOffset else { return }
        try committer.beginStep()
        isLive = try process(message, task, now)
      }
      step.note(next.time)
      count += 1
      if isLive, task.engine.position.isLive { history.notePresent(next.partition) }
    }
    history.rejoinPresent()
    return count
  }

  /// Whether a partition that shows nothing may be known to have more; it is as long as nothing is known. Called while
  /// `history` looks for what comes next.
  private func hasMore(_ partition: Int32) -> Bool { tasks[partition].map { !hasReachedEnd($0) } ?? false }

  /// Steps through one record. Returns whether it belongs to the present.
  private func process(
    _ message: borrowing MessageView, _ task: DealTask, _ now: Timestamp
  ) throws(KafkaError) -> Bool {
    let change: DealChange
    do throws(DecodeFailure) {
      change = try message.key.withUnsafeBytes { key throws(DecodeFailure) in
        try message.value.withUnsafeBytes { value throws(DecodeFailure) in
          try decoder.decode(
            key: message.hasKey ? key : nil, value: message.isTombstone ? nil : value,
            timestamp: message.timestampMilliseconds.map(Timestamp.init(milliseconds:)),
            source: SourcePosition(partition: message.partition, offset: message.offset), now: now)
        }
      }
    } catch {
      metrics.countDeadLetter(error.code)
      logger.notice(
        "dead letter",
        metadata: [
          "code": "\(error.code.rawValue)", "partition": "\(message.partition)", "offset": "\(message.offset)",
        ])
      try writer.writeDeadLetter(message, error, now: now, committer.group)
      task.engine.skip(message.offset)
      return true
    }
    metrics.count(change.kind)
    let isLive = isLive(change.occurredAt, now)
    if isLive, !task.engine.position.isLive { task.engine.markLive() }
    task.engine.apply(change, at: message.offset, &baselines, into: &output)
    try publish(now)
    if change.kind == .deleted {
      try lease.check()
      try writer.writeDeletion(
        of: change.dealID, at: change.occurredAt, partition: message.partition, now: now, committer.group)
    }
    return isLive
  }

  private func isLive(_ instant: Timestamp, _ now: Timestamp) -> Bool {
    now.milliseconds - instant.milliseconds <= settings.liveWithin
  }

  private func publish(_ now: Timestamp) throws(KafkaError) {
    guard !output.risks.isEmpty || !output.entries.isEmpty else { return }
    try lease.check()
    for index in output.risks.indices {
      output.risks[index].scoredAt = now
      output.risks[index].mode = isLive(output.risks[index].occurredAt, now) ? .live : .backfill
      try writer.write(output.risks[index], committer.group)
    }
    for entry in output.entries { try writer.write(entry, now: now, committer.group) }
    metrics.countLedgerEntries(output.entries.count)
    entriesUnderWay += output.entries.count
    output.removeAll()
  }

  /// Lets the wall clock drive what is due, in partitions of the present that have been read up.
  func punctuate() throws(KafkaError) {
    let now = clock()
    guard abs(now.milliseconds - punctuated.milliseconds) >= Self.punctuationInterval else { return }
    punctuated = now
    var wrote = false
    for task in running where task.engine.position.isLive && isCaughtUp(task) {
      // Time is moved on only where something comes of it: it is part of the position, and would be written each time.
      guard let due = task.engine.nextDue, due <= now else { continue }
      try committer.beginStep()
      task.engine.advance(to: now, &baselines, into: &output)
      try publish(now)
      wrote = true
    }
    if wrote {
      countSteps()
      try committer.endStep(running)
    }
    metrics.record(
      deals: tasks.values.reduce(0) { $0 + $1.engine.dealCount }, restoring: report.restoring.count,
      ledgerLag: ledger.lag)
  }

  /// Tells the metrics what the engines have counted since the last step.
  private func countSteps() {
    for task in tasks.values where task.phase == .running {
      metrics.add(task.engine.counters, since: task.counted)
      task.counted = task.engine.counters
    }
    metrics.countEvents()
  }

  private func isCaughtUp(_ task: DealTask) -> Bool {
    // What was only looked at counts for the consumer as handed out.
    !history.hasHead(task.partition) && hasReachedEnd(task)
  }

  /// Whether everything that a partition is known to have was handed out, and nothing of it waits to be taken.
  private func hasReachedEnd(_ task: DealTask) -> Bool {
    let partition = TopicPartition(settings.topics.changes, task.partition)
    guard let end = consumer.cachedWatermarks(partition)?.high else { return false }
    if task.engine.position.nextOffset >= end { return true }
    // The markers of the connector's transactions are never handed out, but passed by.
    return (try? consumer.positions(of: [partition])[partition]).map { $0 >= end } ?? false
  }
}
