import CLibrdkafka

/// Records that were polled together. Their bytes stay where librdkafka put them: nothing is copied, and neither the batch
/// nor a view of a record can be kept past the closure that was given it.
public struct MessageBatch: ~Copyable {
  private let messages: UnsafeBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>>

  init(_ messages: UnsafeBufferPointer<UnsafeMutablePointer<rd_kafka_message_t>>) { self.messages = messages }

  /// How many records there are.
  public var count: Int { messages.count }

  /// Hands out every record in the order in which it was polled; within a partition that is the order of offsets.
  public func forEach<Failure: Error>(
    _ body: (borrowing MessageView) throws(Failure) -> Void
  ) throws(Failure) {
    for message in messages { try body(MessageView(UnsafePointer(message))) }
  }
}

/// One record of a batch.
public struct MessageView: ~Copyable {
  private let message: UnsafePointer<rd_kafka_message_t>

  init(_ message: UnsafePointer<rd_kafka_message_t>) { self.message = message }

  /// The topic.
  public var topic: String { String(cString: rd_kafka_topic_name(message.pointee.rkt)) }
  /// The partition.
  public var partition: Int32 { message.pointee.partition }
  /// The offset in the partition.
  public var offset: Int64 { message.pointee.offset }

  /// The record's time in milliseconds since 1970, nil where it has none.
  public var timestampMilliseconds: Int64? {
    var kind = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE
    let time = rd_kafka_message_timestamp(message, &kind)
    return kind == RD_KAFKA_TIMESTAMP_NOT_AVAILABLE ? nil : time
  }

  /// Whether the record has no value at all: a deletion in a compacted topic. An empty value is not that.
  public var isTombstone: Bool { message.pointee.payload == nil }

  /// The bytes of the value, empty where there is none. Valid while the view is.
  public var value: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = RawSpan(
        _unsafeBytes: UnsafeRawBufferPointer(start: message.pointee.payload, count: message.pointee.len))
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// The bytes of the key, empty where there is none. Valid while the view is.
  public var key: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = RawSpan(
        _unsafeBytes: UnsafeRawBufferPointer(start: message.pointee.key, count: message.pointee.key_len))
      return _overrideLifetime(span, borrowing: self)
    }
  }

  /// Whether the record has a key.
  public var hasKey: Bool { message.pointee.key != nil }

  /// The record's headers in their order.
  public var headers: [MessageHeader] {
    var list: OpaquePointer?
    guard rd_kafka_message_headers(message, &list) == RD_KAFKA_RESP_ERR_NO_ERROR, let list else { return [] }
    var headers: [MessageHeader] = []
    var index = 0
    var name: UnsafePointer<CChar>?
    var bytes: UnsafeRawPointer?
    var size = 0
    while rd_kafka_header_get_all(list, index, &name, &bytes, &size) == RD_KAFKA_RESP_ERR_NO_ERROR, let name {
      let value = bytes.map { [UInt8](UnsafeRawBufferPointer(start: $0, count: size)) }
      headers.append(MessageHeader(String(cString: name), value))
      index += 1
    }
    return headers
  }
}

/// A name and bytes beside a record's key and value.
public struct MessageHeader: Hashable, Sendable {
  /// The name; several headers may share it.
  public var name: String
  /// The bytes, nil where there are none.
  public var value: [UInt8]?

  /// A header of bytes.
  public init(_ name: String, _ value: [UInt8]?) {
    self.name = name
    self.value = value
  }

  /// A header of text.
  public init(_ name: String, _ text: String) {
    self.init(name, Array(text.utf8))
  }

  /// The bytes as text.
  public var text: String? { value.map { String(decoding: $0, as: UTF8.self) } }
}
