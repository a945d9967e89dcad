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

  private func check(_ error: OpaquePointer?, _ context: String) throws(KafkaError) {
    guard let error else { return }
    let failure = KafkaError(consuming: error, context)
    handle.callbacks.record(failure)
    throw failure
  }
}
