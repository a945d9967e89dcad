import CLibrdkafka
import Logging

/// A Kafka consumer. Belongs to one thread, and blocks it: use it from a `DedicatedThread`, never from a task.
///
/// Offsets are committed only where `commit` is called. Polls one record at a time under the hood: in librdkafka below 2.1
/// its batch call may skip records around a pause.
public final class Consumer {
  /// Something that is not a record.
  public enum Event: Hashable, Sendable {
    /// The end of a partition was reached, at that offset.
    case reachedEnd(TopicPartition, offset: Int64)
    /// Reading failed. Not the end: librdkafka goes on unless the error is fatal.
    case failed(KafkaError, TopicPartition?)
  }

  let handle: ClientHandle
  let configuration: ConsumerConfiguration
  private let rebalancing: RebalanceState
  private var messages: [UnsafeMutablePointer<rd_kafka_message_t>] = []
  private var isClosed = false
  /// What was polled besides records, oldest first; taken by `takeEvents()`.
  private var events: [Event] = []

  /// Opens a consumer; it connects when it is first used.
  ///
  /// - Throws: `KafkaError` where the configuration is refused.
  public init(
    _ configuration: ConsumerConfiguration, logger: Logger, statistics: (@Sendable (String) -> Void)? = nil
  ) throws(KafkaError) {
    rebalancing = RebalanceState()
    self.configuration = configuration
    let callbacks = ClientHandle.Callbacks(logger: logger, statistics: statistics, rebalancing: rebalancing)
    handle = try ClientHandle(RD_KAFKA_CONSUMER, configuration.properties, callbacks) { conf in
      rd_kafka_conf_set_rebalance_cb(conf) { client, code, partitions, opaque in
        Consumer.rebalance(client, code, partitions, opaque)
      }
    }
    rd_kafka_poll_set_consumer(handle.pointer)
  }

  deinit {
    // Whoever the handlers lead to may be gone by now: only an explicit `close()` runs them.
    rebalancing.handler = RebalanceHandler()
    close()
  }

  /// The first fatal error that the client met, if any.
  public var fatalError: KafkaError? { handle.callbacks.fatalError }

  /// The member's id in its group, once it has one.
  public var memberID: String? {
    guard let text = rd_kafka_memberid(handle.pointer) else { return nil }
    defer { rd_kafka_mem_free(handle.pointer, text) }
    return String(cString: text)
  }

  /// Joins the group for topics.
  public func subscribe(_ topics: [String], _ handler: RebalanceHandler = RebalanceHandler()) throws(KafkaError) {
    rebalancing.handler = handler
    let list = PartitionList(topics.map { TopicPartition($0, -1) })
    try check(rd_kafka_subscribe(handle.pointer, list.pointer), "subscribe")
  }

  /// Leaves the group but stays open; the handler for revoked partitions runs within one of the next polls.
  public func unsubscribe() throws(KafkaError) {
    try check(rd_kafka_unsubscribe(handle.pointer), "unsubscribe")
  }

  /// Whether nothing is left of the last subscription. While the group shares out anew librdkafka puts the end of one off, and
  /// one that is made before then takes its place: under the cooperative protocol the partitions would stay as they are.
  public func hasLeft() throws(KafkaError) -> Bool {
    var pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    try check(rd_kafka_subscription(handle.pointer, &pointer), "subscription")
    if let pointer, !PartitionList(consuming: pointer).partitions.isEmpty { return false }
    return try assignment().isEmpty
  }

  /// Reads exactly these partitions, without a group.
  public func assign(_ starts: [TopicPartition: StartOffset]) throws(KafkaError) {
    let list = PartitionList(starts.mapValues(\.rawValue))
    try check(rd_kafka_assign(handle.pointer, list.pointer), "assign")
  }

  /// The partitions that are read now.
  public func assignment() throws(KafkaError) -> [TopicPartition] {
    var pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
    try check(rd_kafka_assignment(handle.pointer, &pointer), "assignment")
    guard let pointer else { return [] }
    return PartitionList(consuming: pointer).partitions
  }

  /// Whether the partitions of this member have been given to another without its consent.
  public var isAssignmentLost: Bool { rd_kafka_assignment_lost(handle.pointer) != 0 }

  /// Polls for at most `timeout` milliseconds and hands out what has come, at most `maxMessages` records.
  ///
  /// Rebalance handlers run within this call. Records of partitions that went away during it are not handed out: their
  /// next owner reads them. What is no record waits for `takeEvents()`.
  @discardableResult
  public func withBatch<Result, Failure: Error>(
    maxMessages: Int, timeout: Int32, _ body: (borrowing MessageBatch) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer {
      for message in messages { rd_kafka_message_destroy(message) }
      messages.removeAll(keepingCapacity: true)
    }
    var wait = timeout
    var polls = 0
    while messages.count < maxMessages {
      let next = rd_kafka_consumer_poll(handle.pointer, wait)
      dropRemoved()
      guard let message = next else { break }
      wait = 0
      if message.pointee.err.rawValue == 0 {
        messages.append(message)
      } else {
        note(message)
        rd_kafka_message_destroy(message)
        polls += 1
        if polls > maxMessages { break }
      }
    }
    return try messages.withUnsafeBufferPointer { buffer throws(Failure) in try body(MessageBatch(buffer)) }
  }

  /// A rebalance in the middle of a batch: what was polled before it must not be worked on after it.
  private func dropRemoved() {
    let removed = rebalancing.takeRemoved()
    guard !removed.isEmpty, !messages.isEmpty else { return }
    messages.removeAll { message in
      let topic = String(cString: rd_kafka_topic_name(message.pointee.rkt))
      guard removed.contains(TopicPartition(topic, message.pointee.partition)) else { return false }
      rd_kafka_message_destroy(message)
      return true
    }
  }

  /// The events since the last call.
  public func takeEvents() -> [Event] {
    defer { events.removeAll() }
    return events
  }

  func note(_ message: UnsafeMutablePointer<rd_kafka_message_t>) {
    let partition = message.pointee.rkt.map {
      TopicPartition(String(cString: rd_kafka_topic_name($0)), message.pointee.partition)
    }
    if message.pointee.err == RD_KAFKA_RESP_ERR__PARTITION_EOF, let partition {
      events.append(.reachedEnd(partition, offset: message.pointee.offset))
      return
    }
    let error = KafkaError(message.pointee.err, rd_kafka_message_errstr(message).map { String(cString: $0) } ?? "poll")
    handle.callbacks.record(error)
    events.append(.failed(error, partition))
  }

  /// Stops handing out records of partitions, which stay this member's.
  public func pause(_ partitions: some Collection<TopicPartition>) throws(KafkaError) {
    let list = PartitionList(partitions)
    try check(rd_kafka_pause_partitions(handle.pointer, list.pointer), "pause")
  }

  /// Goes on handing out records of paused partitions.
  public func resume(_ partitions: some Collection<TopicPartition>) throws(KafkaError) {
    let list = PartitionList(partitions)
    try check(rd_kafka_resume_partitions(handle.pointer, list.pointer), "resume")
  }

  /// Reads on from offsets. Waits until the fetchers have taken them over.
  public func seek(_ offsets: [TopicPartition: StartOffset], timeout: Int32 = 60_000) throws(KafkaError) {
    let list = PartitionList(offsets.mapValues(\.rawValue))
    // librdkafka below 2.1 takes the timeout for microseconds.
    let factor: Int32 = LibraryVersion.running < LibraryVersion(2, 1, 0) ? 1_000 : 1
    let wait = min(timeout, Int32.max / factor) * factor
    if let error = rd_kafka_seek_partitions(handle.pointer, list.pointer, wait) {
      throw KafkaError(consuming: error, "seek")
    }
    if let error = list.firstError("seek") { throw error }
  }

  /// The next offset to be handed out, of the partitions from which records were.
  public func positions(of partitions: [TopicPartition]) throws(KafkaError) -> [TopicPartition: Int64] {
    let list = PartitionList(partitions)
    try check(rd_kafka_position(handle.pointer, list.pointer), "position")
    return list.offsets
  }

  /// The group's committed offsets. With read_committed the broker answers only when no transaction is pending on them.
  public func committed(
    _ partitions: [TopicPartition], timeout: Int32 = 10_000
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    let list = PartitionList(partitions)
    try check(rd_kafka_committed(handle.pointer, list.pointer, timeout), "committed offsets")
    // A partition that could not be asked about must not look like one without an offset.
    if let error = list.firstError("committed offsets") { throw error }
    return list.offsets
  }

  /// Commits the next offsets to be read and waits for the broker, but no longer than `timeout` milliseconds: librdkafka's
  /// own call waits for a coordinator that never comes. `OffsetCommits` commits without waiting.
  ///
  /// - Throws: `KafkaError`, a retriable one where no answer came in time.
  public func commit(
    _ offsets: [TopicPartition: Int64], timeout: Int32 = 5_000
  ) throws(KafkaError) {
    guard !offsets.isEmpty else { return }
    let list = PartitionList(offsets)
    let answers = rd_kafka_queue_new(handle.pointer)
    defer { rd_kafka_queue_destroy(answers) }
    try check(rd_kafka_commit_queue(handle.pointer, list.pointer, answers, nil, nil), "commit")
    guard let answer = rd_kafka_queue_poll(answers, timeout) else {
      throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, "commit")
    }
    defer { rd_kafka_event_destroy(answer) }
    try check(rd_kafka_event_error(answer), "commit")
  }

  /// The oldest offset and the one after the newest that this reader's isolation lets it see, asked of the broker.
  ///
  /// Asked as a look-up by time, whose times −2 and −1 mean the beginning and the end in Kafka's ListOffsets: librdkafka's
  /// own call for watermarks waits for a broker that is away far beyond its timeout below 2.3.
  ///
  /// - Throws: A retriable `KafkaError` where no answer came within `timeout` milliseconds.
  public func watermarks(
    _ partition: TopicPartition, timeout: Int32 = 10_000
  ) throws(KafkaError) -> (low: Int64, high: Int64) {
    let deadline = ContinuousClock.now + .milliseconds(Int(timeout))
    let low = try bound(of: partition, .beginning, timeout)
    let left = (deadline - .now) / .milliseconds(1)
    return (low, try bound(of: partition, .end, max(1, Int32(left))))
  }

  private func bound(
    of partition: TopicPartition, _ end: StartOffset, _ timeout: Int32
  ) throws(KafkaError) -> Int64 {
    let context = "watermarks of \(partition.topic) \(partition.partition)"
    let list = PartitionList([partition: end.rawValue])
    try check(rd_kafka_offsets_for_times(handle.pointer, list.pointer, timeout), context)
    if let error = list.firstError(context) { throw error }
    guard let offset = list.offsets[partition] else {
      throw KafkaError(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, context)
    }
    return offset
  }

  /// The same as last seen while fetching, without asking; nil where nothing was fetched.
  public func cachedWatermarks(_ partition: TopicPartition) -> (low: Int64, high: Int64)? {
    var low: Int64 = -1
    var high: Int64 = -1
    let code = rd_kafka_get_watermark_offsets(handle.pointer, partition.topic, partition.partition, &low, &high)
    return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? (low, high) : nil
  }

  /// The first offsets whose records are not older than a time in milliseconds since 1970; none where all are older.
  public func offsets(
    forTime milliseconds: Int64, _ partitions: [TopicPartition], timeout: Int32 = 10_000
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    let list = PartitionList(Dictionary(uniqueKeysWithValues: partitions.map { ($0, milliseconds) }))
    try check(rd_kafka_offsets_for_times(handle.pointer, list.pointer, timeout), "offsets for times")
    if let error = list.firstError("offsets for times") { throw error }
    return list.offsets
  }

  /// Where partitions end, as far as this reader's isolation lets it see: with `readUncommitted`, beyond every open
  /// transaction.
  ///
  /// - Throws: `KafkaError`, a retriable one where a partition could not be asked about in time.
  public func ends(
    of partitions: some Collection<TopicPartition>, timeout: Int32 = 10_000
  ) throws(KafkaError) -> [TopicPartition: Int64] {
    let ends = try offsets(forTime: StartOffset.end.rawValue, Array(partitions), timeout: timeout)
    guard ends.count == partitions.count else {
      throw KafkaError(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, "ends of partitions")
    }
    return ends
  }

  /// Who this member is to its group, for `Producer.send(offsets:as:)`.
  public func groupMetadata() -> GroupMetadata? {
    rd_kafka_consumer_group_metadata(handle.pointer).map(GroupMetadata.init)
  }

  /// Leaves the group and ends reading; handlers for revoked partitions run within this call. A second call does nothing.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    rd_kafka_consumer_close(handle.pointer)
  }

  private func check(_ code: rd_kafka_resp_err_t, _ context: String) throws(KafkaError) {
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, context) }
  }
}

/// A group member's identity at one moment, for zombie fencing.
public struct GroupMetadata: ~Copyable {
  let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  deinit { rd_kafka_consumer_group_metadata_destroy(pointer) }
}
