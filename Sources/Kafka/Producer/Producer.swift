import CLibrdkafka
import Logging
import Synchronization

/// An idempotent Kafka producer. `produce` may be called from any thread, but waits where the queue is full, so not from
/// a task. Delivery reports are served by a thread of the producer's own.
public final class Producer: Sendable {
  let handle: ClientHandle
  private let poller: DedicatedThread
  private let stopping = StopFlag()

  /// Opens a producer; it connects by itself.
  ///
  /// - Throws: `KafkaError` where the configuration is refused.
  public init(
    _ configuration: ProducerConfiguration, logger: Logger, statistics: (@Sendable (String) -> Void)? = nil
  ) throws(KafkaError) {
    let callbacks = ClientHandle.Callbacks(logger: logger, statistics: statistics)
    let handle = try ClientHandle(RD_KAFKA_PRODUCER, configuration.properties, callbacks) { conf in
      rd_kafka_conf_set_dr_msg_cb(conf) { _, message, _ in Producer.delivered(message) }
    }
    self.handle = handle
    let stopping = stopping
    poller = DedicatedThread(name: "kafka-delivery") {
      while !stopping.isSet { rd_kafka_poll(handle.pointer, 100) }
    }
  }

  deinit { close() }

  /// The first fatal error that the client met, if any.
  public var fatalError: KafkaError? { handle.callbacks.fatalError }

  /// A topic to produce to.
  public func topic(_ name: String) throws(KafkaError) -> ProducerTopic { try ProducerTopic(name, handle) }

  /// Records that wait to be sent or acknowledged.
  public var queueLength: Int { Int(rd_kafka_outq_len(handle.pointer)) }

  /// Produces a record, whose bytes are copied. Waits while the queue is full.
  ///
  /// - Parameters:
  ///   - partition: Where to, or nil for the partitioner's choice by key.
  ///   - key: The key, nil for none.
  ///   - value: The value, nil for a tombstone.
  ///   - timestamp: Milliseconds since 1970, nil for now.
  ///   - common: Headers that every record of this kind carries.
  ///   - texts: Headers of this record alone, after the common ones, whose bytes are copied.
  ///   - headers: More headers of this record alone, after those.
  ///   - group: What is told when the record is acknowledged or given up.
  /// - Throws: `KafkaError` where the record can't be taken at all (too large, unknown partition, fatal or closed client,
  ///   a transaction that has failed meanwhile: then the error's class says how to go on).
  public func produce(
    to topic: ProducerTopic, partition: Int32? = nil, key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?,
    timestamp: Int64? = nil, common: RecordHeaders? = nil,
    texts: [(name: StaticString, value: UnsafeRawBufferPointer)] = [], headers: [MessageHeader] = [],
    group: DeliveryGroup
  ) throws(KafkaError) {
    if stopping.isSet { throw Self.closed(topic) }
    group.begin()
    let opaque = Unmanaged.passRetained(group)
    while true {
      let refusal = enqueue(topic, partition, key, value, timestamp, common, texts, headers, opaque.toOpaque())
      guard let refusal else { return }
      if rd_kafka_error_code(refusal) == RD_KAFKA_RESP_ERR__QUEUE_FULL, !stopping.isSet {
        rd_kafka_error_destroy(refusal)
        // Back-pressure: the delivery thread makes room.
        DedicatedThread.pause(milliseconds: 1)
        continue
      }
      opaque.release()
      group.end(nil)
      throw cause(of: refusal, "produce to \(topic.name)")
    }
  }

  /// What keeps a record from being taken; takes librdkafka's error over.
  private func cause(of refusal: OpaquePointer, _ context: String) -> KafkaError {
    let code = rd_kafka_error_code(refusal)
    if rd_kafka_error_is_fatal(refusal) != 0 { return KafkaError(consuming: refusal, context) }
    rd_kafka_error_destroy(refusal)
    if code == RD_KAFKA_RESP_ERR__STATE, let failure = transactionFailure(context) { return failure }
    return KafkaError(code, context)
  }

  private static func closed(_ topic: ProducerTopic) -> KafkaError {
    KafkaError(RD_KAFKA_RESP_ERR__DESTROY, "produce to \(topic.name) after the producer was closed")
  }

  private func enqueue(
    _ topic: ProducerTopic, _ partition: Int32?, _ key: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer?,
    _ timestamp: Int64?, _ common: RecordHeaders?, _ texts: [(name: StaticString, value: UnsafeRawBufferPointer)],
    _ headers: [MessageHeader], _ opaque: UnsafeMutableRawPointer
  ) -> OpaquePointer? {
    withUnsafeTemporaryAllocation(of: rd_kafka_vu_t.self, capacity: 8) { fields in
      var count = 0
      func add(_ kind: rd_kafka_vtype_t, _ set: (inout rd_kafka_vu_t) -> Void) {
        var field = rd_kafka_vu_t()
        field.vtype = kind
        set(&field)
        fields[count] = field
        count += 1
      }
      add(RD_KAFKA_VTYPE_RKT) { $0.u.rkt = topic.pointer }
      add(RD_KAFKA_VTYPE_PARTITION) { $0.u.i32 = partition ?? RD_KAFKA_PARTITION_UA }
      add(RD_KAFKA_VTYPE_MSGFLAGS) { $0.u.i = RD_KAFKA_MSG_F_COPY }
      add(RD_KAFKA_VTYPE_OPAQUE) { $0.u.ptr = opaque }
      add(RD_KAFKA_VTYPE_VALUE) {
        $0.u.mem.ptr = value.map { UnsafeMutableRawPointer(mutating: $0.baseAddress ?? Self.nothing) }
        $0.u.mem.size = value?.count ?? 0
      }
      if let key {
        add(RD_KAFKA_VTYPE_KEY) {
          $0.u.mem.ptr = UnsafeMutableRawPointer(mutating: key.baseAddress ?? Self.nothing)
          $0.u.mem.size = key.count
        }
      }
      if let timestamp { add(RD_KAFKA_VTYPE_TIMESTAMP) { $0.u.i64 = timestamp } }
      let list = Self.headerList(common, texts, headers)
      if let list { add(RD_KAFKA_VTYPE_HEADERS) { $0.u.headers = list } }
      let refusal = rd_kafka_produceva(handle.pointer, fields.baseAddress, count)
      // Only a record that was taken takes its headers along.
      if refusal != nil, let list { rd_kafka_headers_destroy(list) }
      return refusal
    }
  }

  /// An address for values without bytes: no address at all would make them tombstones.
  nonisolated(unsafe) static let nothing = UnsafeRawPointer(
    UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: 1))

  private static func headerList(
    _ common: RecordHeaders?, _ texts: [(name: StaticString, value: UnsafeRawBufferPointer)],
    _ headers: [MessageHeader]
  ) -> OpaquePointer? {
    guard common != nil || !texts.isEmpty || !headers.isEmpty else { return nil }
    let list = common.map { rd_kafka_headers_copy($0.pointer) } ?? rd_kafka_headers_new(headers.count)
    guard let list else { return nil }
    for (name, value) in texts {
      name.withUTF8Buffer { name in
        name.withMemoryRebound(to: CChar.self) {
          _ = rd_kafka_header_add(list, $0.baseAddress, name.count, value.baseAddress ?? nothing, value.count)
        }
      }
    }
    for header in headers {
      (header.value ?? []).withUnsafeBytes { bytes in
        _ = rd_kafka_header_add(
          list, header.name, -1, header.value == nil ? nil : bytes.baseAddress ?? nothing, bytes.count)
      }
    }
    return list
  }

  private static func delivered(_ message: UnsafePointer<rd_kafka_message_t>?) {
    guard let message, let opaque = message.pointee._private else { return }
    let group = Unmanaged<DeliveryGroup>.fromOpaque(opaque).takeRetainedValue()
    let code = message.pointee.err
    group.end(code.rawValue == 0 ? nil : KafkaError(code, "delivery"))
  }

  /// Sends what lingers and waits until every record was acknowledged or given up.
  ///
  /// - Throws: A retriable `KafkaError` where that takes longer than `timeout` milliseconds.
  public func flush(timeout: Int32) throws(KafkaError) {
    let code = rd_kafka_flush(handle.pointer, timeout)
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, "flush") }
  }

  /// Gives up every record that is not acknowledged yet.
  public func purge() {
    rd_kafka_purge(handle.pointer, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT)
  }

  /// Gives up what is not acknowledged and ends; flush before, where it matters. A second call does nothing.
  public func close() {
    guard stopping.set() else { return }
    purge()
    poller.join()
    // The last delivery reports, so that no group is left waiting.
    rd_kafka_flush(handle.pointer, 1_000)
  }
}

/// A flag that is set once.
final class StopFlag: Sendable {
  private let flag = Atomic<Bool>(false)
  var isSet: Bool { flag.load(ordering: .acquiring) }
  /// Whether this call was the one that set it.
  func set() -> Bool { !flag.exchange(true, ordering: .acquiringAndReleasing) }
}
