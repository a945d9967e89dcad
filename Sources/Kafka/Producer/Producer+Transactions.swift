import CLibrdkafka

/// Transactions. One thread begins, sends and ends them; each call waits for the broker.
///
/// A thrown error's class says how to go on: `.retriable`, make the same call again; `.abortable`, abort and do the work
/// again; `.fatal` (and `.permanent`, which a transaction can't outlive), close the producer.
extension Producer {
  /// Makes the producer the only one of its transactional id: older ones are fenced, their open transaction is aborted.
  public func initTransactions(timeout: Int32 = 30_000) throws(KafkaError) {
    try check(rd_kafka_init_transactions(handle.pointer, timeout), "init transactions")
  }

  /// Begins a transaction: what is produced from here on belongs to it.
  public func beginTransaction() throws(KafkaError) {
    try check(rd_kafka_begin_transaction(handle.pointer), "begin transaction")
  }

  /// Puts the next offsets to be read into the transaction, as the group's member that `metadata` names.
  public func send(
    offsets: [TopicPartition: Int64], as metadata: borrowing GroupMetadata, timeout: Int32 = 30_000
  ) throws(KafkaError) {
    let list = PartitionList(offsets)
    try check(
      rd_kafka_send_offsets_to_transaction(handle.pointer, list.pointer, metadata.pointer, timeout),
      "send offsets to transaction")
  }

  /// Flushes and commits.
  public func commitTransaction(timeout: Int32 = 30_000) throws(KafkaError) {
    try check(rd_kafka_commit_transaction(handle.pointer, timeout), "commit transaction")
  }

  /// Gives up the transaction and everything in it.
  public func abortTransaction(timeout: Int32 = 30_000) throws(KafkaError) {
    try check(rd_kafka_abort_transaction(handle.pointer, timeout), "abort transaction")
  }

  /// Why the transaction that was begun can't go on; nil where it can, or none was begun.
  ///
  /// librdkafka gives a transaction up by itself where a record was refused for good. To the next record it says no more than
  /// that the state is wrong, and the cause to every other call. Offsets are taken in the one state in which records are
  /// taken too; whoever asks after a record was refused sends none.
  func transactionFailure(_ context: String) -> KafkaError? {
    guard let metadata = rd_kafka_consumer_group_metadata_new("none") else { return nil }
    defer { rd_kafka_consumer_group_metadata_destroy(metadata) }
    let offsets = PartitionList([TopicPartition("none", 0): 0])
    guard let error = rd_kafka_send_offsets_to_transaction(handle.pointer, offsets.pointer, metadata, 1_000) else {
      return nil
    }
    let failure = KafkaError(consuming: error, context)
    return failure.requiresAbort || failure.isFatal ? failure : nil
  }

  private func check(_ error: OpaquePointer?, _ context: String) throws(KafkaError) {
    guard let error else { return }
    let failure = KafkaError(consuming: error, context)
    handle.callbacks.record(failure)
    throw failure
  }
}
