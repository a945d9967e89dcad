import CLibrdkafka

/// The records of one partition apart from all others, so that a consumer can take from several partitions in an order of its
/// own, by time for instance. What is not taken stays with librdkafka, which fetches no more than its limits allow: nothing is
/// paused, and nothing is fetched twice.
///
/// librdkafka does not remember what was done with a partition's queue over an end of its assignment: a partition that had one
/// and is assigned again needs one again, even if only for a moment, or nobody gets its records.
///
/// Belongs to the consumer's thread. The consumer must be polled all the same: rebalances and the group's life hang on that.
public final class PartitionQueue {
  /// Whose records.
  public let partition: TopicPartition
  private let consumer: Consumer
  private let queue: OpaquePointer
  private var head: UnsafeMutablePointer<rd_kafka_message_t>?

  /// Takes a partition's records out of those that the consumer's polls hand out, until this object ends. The partition
  /// must be assigned. What was looked at and not taken by then is lost to the polls: a seek brings it again.
  ///
  /// - Throws: `KafkaError` where librdkafka does not know the partition.
  public init(_ partition: TopicPartition, of consumer: Consumer) throws(KafkaError) {
    guard let queue = rd_kafka_queue_get_partition(consumer.handle.pointer, partition.topic, partition.partition) else {
      throw KafkaError(RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, "the queue of \(partition)")
    }
    self.partition = partition
    self.consumer = consumer
    self.queue = queue
    rd_kafka_queue_forward(queue, nil)
  }

  deinit {
    dropHead()
    rejoin()
    rd_kafka_queue_destroy(queue)
  }

  /// The time of the record that comes next, in milliseconds since 1970, 0 where it has none; nil where none has come yet.
  public var headTime: Int64? {
    while head == nil {
      guard let next = rd_kafka_consume_queue(queue, 0) else { return nil }
      guard next.pointee.err == RD_KAFKA_RESP_ERR_NO_ERROR else {
        consumer.note(next)
        rd_kafka_message_destroy(next)
        continue
      }
      head = next
    }
    return head.map { MessageView(UnsafePointer($0)).timestampMilliseconds ?? 0 }
  }

  /// Whether a record was looked at that was not taken.
  public var hasHead: Bool { head != nil }

  /// Hands out the record that comes next, and passes on to the one behind it.
  public func takeHead<Failure: Error>(_ body: (borrowing MessageView) throws(Failure) -> Void) throws(Failure) {
    guard headTime != nil, let head else { return }
    defer { dropHead() }
    try body(MessageView(UnsafePointer(head)))
  }

  private func rejoin() {
    let all = rd_kafka_queue_get_consumer(consumer.handle.pointer)
    rd_kafka_queue_forward(queue, all)
    if let all { rd_kafka_queue_destroy(all) }
  }

  /// Forgets the record that was looked at: a seek brings it again.
  public func forgetHead() { dropHead() }

  private func dropHead() {
    if let head { rd_kafka_message_destroy(head) }
    head = nil
  }
}
