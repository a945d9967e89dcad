import Kafka

/// What is undone after an error, and what is given up.
extension DealProcessor {
  /// Milliseconds before aborted work is done again: what is refused each time must not be asked for without a pause.
  private static let pauseAfterAbort: UInt32 = 100

  /// Undoes to the last commit where that is what an error asks for; throws it on otherwise.
  func recover(from error: KafkaError) throws(ScorerError) {
    guard settings.guarantee == .exactlyOnce, !error.isFenced else { return try surrender(after: error) }
    guard error.errorClass == .abortable else { throw .kafka(error) }
    metrics.countAbort()
    logger.warning("transaction aborted: \(error)")
    output.removeAll()
    do throws(KafkaError) {
      try committer.abandon(timeout: nil)
      var positions: [TopicPartition: StartOffset] = [:]
      for task in running {
        task.engine.rollback()
        positions[TopicPartition(settings.topics.changes, task.partition)] =
          .offset(task.engine.position.nextOffset)
      }
      history.forgetHeads()
      if !positions.isEmpty { try consumer.seek(positions) }
      DedicatedThread.pause(milliseconds: Self.pauseAfterAbort)
    } catch {
      guard error.isFenced else { throw .kafka(error) }
      try surrender(after: error)
    }
  }

  /// Gives everything up, joins the group again and restores what it is given.
  ///
  /// Without transactions nothing can be undone that was handed to the broker: so after a write that failed, or when this
  /// thread may own nothing any more. With them, after another has ended this thread's transaction: it was out of its group,
  /// whether it knows that already or not.
  func surrender(after error: KafkaError) throws(ScorerError) {
    guard error.isRetriable || error.requiresAbort || error.isFenced else { throw .kafka(error) }
    do throws(KafkaError) {
      try forsake(allPartitions)
    } catch {
      throw .kafka(error)
    }
    try joinAgain(after: error)
  }

  /// Joins the group again, after everything that it gave was given up.
  func joinAgain(after error: KafkaError) throws(ScorerError) {
    departure = nil
    logger.warning("gave up its partitions and joins again: \(error)")
    report.hasJoined = false
    metrics.countAbort()
    do throws(KafkaError) {
      try consumer.unsubscribe()
      lease.renew(asOf: .now)
      isLeaving = true
    } catch {
      throw .kafka(error)
    }
  }

  func subscribe() throws(ScorerError) {
    do throws(KafkaError) {
      try consumer.subscribe([settings.topics.changes], rebalanceHandler())
    } catch {
      throw .kafka(error)
    }
  }

  /// Joins the group again once it has been left.
  func subscribeOnceLeft() throws(ScorerError) {
    guard isLeaving else { return }
    do throws(KafkaError) {
      guard try consumer.hasLeft() else { return }
    } catch {
      throw .kafka(error)
    }
    isLeaving = false
    try subscribe()
  }

  /// All that the group has given this thread.
  var allPartitions: [TopicPartition] { tasks.keys.map { TopicPartition(settings.topics.changes, $0) } }

  /// Drops partitions without writing, and what is under way for any.
  func forsake(_ partitions: [TopicPartition]) throws(KafkaError) {
    output.removeAll()
    entriesUnderWay = 0
    for succession in successions { succession.cancel() }
    successions = []
    interrupted = []
    kept = [:]
    drop(partitions)
    if settings.guarantee == .exactlyOnce { return try renewOutput() }
    committer.discard()
    writer.producer.purge()
  }
}
