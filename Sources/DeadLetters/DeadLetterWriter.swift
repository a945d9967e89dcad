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
public final class DeadLetterWriter {
  private let producer: Producer
  private let topic: ProducerTopic
  private let common: RecordHeaders
  private static let largest = 900_000
  private static let shownOfLarger = 65_536

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
    // A record that is too large to be sent on is named and shown by its beginning; it stays where it was read.
    let size = message.value.byteCount
    let shown = size > Self.largest ? Self.shownOfLarger : size
    var headers =
      message.headers + [
        MessageHeader("dl_topic", message.topic), MessageHeader("dl_partition", String(message.partition)),
        MessageHeader("dl_offset", String(message.offset)), MessageHeader("dl_code", reason.code),
        MessageHeader("dl_text", reason.text), MessageHeader("dl_first_seen", now.rfc3339),
        MessageHeader("dl_timestamp", String(message.timestampMilliseconds ?? 0)),
      ]
    if shown < size { headers.append(MessageHeader("dl_truncated_from", String(size))) }
    try message.key.withUnsafeBytes { key throws(KafkaError) in
      try message.value.withUnsafeBytes { value throws(KafkaError) in
        try producer.produce(
          to: topic, key: message.hasKey ? key : nil,
          value: message.isTombstone ? nil : UnsafeRawBufferPointer(rebasing: value[..<shown]),
          timestamp: now.milliseconds, common: common, headers: headers, group: group)
      }
    }
  }
}
