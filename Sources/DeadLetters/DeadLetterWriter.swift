import Deals
import Kafka
import Topics

/// Why a record can't be used, as its dead letter says it.
public struct DeadLetterReason: Error, Hashable, Sendable {
  /// A stable code for programs.
  public var code: String
  /// Words for people.
  public var text: String

  /// A reason.
  public init(code: String, text: String) {
    self.code = code
    self.text = text
  }

  /// A record that could not be decoded.
  public init(_ failure: DecodeFailure) {
    self.init(code: failure.code.rawValue, text: failure.description)
  }
}

/// Writes records that can't be used to `deals.dead-letter`, as they came, with what is wrong in their headers. Belongs to
/// the thread of its producer.
///
/// A record that is too large to be sent on is named and shown by its beginning; it stays where it was read. A producer
/// counts key, value and headers together, and takes less by default than a broker: 1,000,000 bytes of 1,048,588.
public final class DeadLetterWriter {
  private let producer: Producer
  private let topic: ProducerTopic
  private let common: RecordHeaders
  /// Bytes of key, value and headers together that are sent on whole.
  private static let largest = 900_000
  /// Bytes that are kept of each of the three where they are more.
  private static let shownOfLarger = 65_536
  /// Bytes, at most, that a header takes beside its name and its value.
  private static let headerOverhead = 10

  /// A writer by a producer that is open already.
  public init(_ producer: Producer, _ topics: TopicNames) throws(KafkaError) {
    self.producer = producer
    topic = try producer.topic(topics.deadLetter)
    common = RecordHeaders([MessageHeader("ce_type", MessageType.deadLetter.rawValue)])
  }

  /// Hands a record over to the producer; it is written once `group` is complete.
  public func write(
    _ message: borrowing MessageView, _ reason: DeadLetterReason, now: Timestamp, _ group: DeliveryGroup
  ) throws(KafkaError) {
    let own = message.headers
    let (keySize, valueSize) = (message.key.byteCount, message.value.byteCount)
    let isWhole = keySize + valueSize + own.reduce(0) { $0 + Self.size(of: $1) } <= Self.largest
    let limit = isWhole ? Int.max : Self.shownOfLarger
    let (keyShown, valueShown) = (min(keySize, limit), min(valueSize, limit))
    let kept = Self.fitting(own, limit)
    var headers =
      kept + [
        MessageHeader("dl_topic", message.topic), MessageHeader("dl_partition", String(message.partition)),
        MessageHeader("dl_offset", String(message.offset)), MessageHeader("dl_code", reason.code),
        MessageHeader("dl_text", reason.text), MessageHeader("dl_first_seen", now.rfc3339),
        MessageHeader("dl_timestamp", String(message.timestampMilliseconds ?? 0)),
      ]
    if valueShown < valueSize { headers.append(MessageHeader("dl_truncated_from", String(valueSize))) }
    if keyShown < keySize { headers.append(MessageHeader("dl_key_truncated_from", String(keySize))) }
    if kept.count < own.count { headers.append(MessageHeader("dl_headers_dropped", String(own.count - kept.count))) }
    try message.key.withUnsafeBytes { key throws(KafkaError) in
      try message.value.withUnsafeBytes { value throws(KafkaError) in
        try producer.produce(
          to: topic, key: message.hasKey ? UnsafeRawBufferPointer(rebasing: key[..<keyShown]) : nil,
          value: message.isTombstone ? nil : UnsafeRawBufferPointer(rebasing: value[..<valueShown]),
          timestamp: now.milliseconds, common: common, headers: headers, group: group)
      }
    }
  }

  private static func size(of header: MessageHeader) -> Int {
    header.name.utf8.count + (header.value?.count ?? 0) + headerOverhead
  }

  /// The headers that fit into so many bytes, in their order; one that does not makes no room for what follows it.
  private static func fitting(_ headers: [MessageHeader], _ limit: Int) -> [MessageHeader] {
    var room = limit
    return headers.filter { header in
      guard size(of: header) <= room else { return false }
      room -= size(of: header)
      return true
    }
  }
}
