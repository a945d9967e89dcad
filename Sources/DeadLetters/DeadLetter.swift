import Deals
import Kafka

/// A record of `deals.dead-letter`: what could not be used, as it came, and why.
public struct DeadLetter: Sendable {
  /// Where it lies in `deals.dead-letter`; written as partition-offset it is its name for commands.
  public var place: TopicPosition
  /// The topic, partition and offset where it was read.
  public var source: TopicPosition
  /// What is wrong.
  public var reason: DeadLetterReason
  /// When it was met first, by the clock of the program that met it.
  public var firstSeen: Timestamp?
  /// The record's own time, nil where it had none.
  public var timestamp: Timestamp?
  /// The record's key, nil for none; only its beginning where `wholeKeySize` is set.
  public var key: [UInt8]?
  /// The record's value, nil for a tombstone; only its beginning where `wholeSize` is set.
  public var value: [UInt8]?
  /// The size of a value that was too large to be kept whole, in bytes.
  public var wholeSize: Int?
  /// The size of a key that was too large to be kept whole, in bytes.
  public var wholeKeySize: Int?
  /// How many of the record's headers were too large to be kept.
  public var droppedHeaders: Int
  /// The record's own headers.
  public var headers: [MessageHeader]

  /// Reads a record of `deals.dead-letter`; nil where it is none, such as the mark of a replay.
  public init?(_ message: borrowing MessageView) {
    var own: [MessageHeader] = []
    var told: [String: String] = [:]
    for header in message.headers {
      // The last one counts: a letter that was replayed and failed again tells of its last failure.
      if header.name.hasPrefix("dl_") { told[header.name] = header.text ?? "" } else { own.append(header) }
    }
    guard let topic = told["dl_topic"], let partition = told["dl_partition"].flatMap({ Int32($0) }),
      let offset = told["dl_offset"].flatMap({ Int64($0) }), let code = told["dl_code"]
    else { return nil }
    place = TopicPosition(topic: message.topic, partition: message.partition, offset: message.offset)
    source = TopicPosition(topic: topic, partition: partition, offset: offset)
    reason = DeadLetterReason(code: code, text: told["dl_text"] ?? "")
    firstSeen = told["dl_first_seen"].flatMap { Timestamp(rfc3339: $0) }
    timestamp = told["dl_timestamp"].flatMap { Int64($0) }.flatMap { $0 > 0 ? Timestamp(milliseconds: $0) : nil }
    wholeSize = told["dl_truncated_from"].flatMap { Int($0) }
    wholeKeySize = told["dl_key_truncated_from"].flatMap { Int($0) }
    droppedHeaders = told["dl_headers_dropped"].flatMap { Int($0) } ?? 0
    // The writer's own type stands before the record's.
    headers = own.filter { $0.name != "ce_type" || $0.text != MessageType.deadLetter.rawValue }
    key = message.hasKey ? message.key.withUnsafeBytes { Array($0) } : nil
    value = message.isTombstone ? nil : message.value.withUnsafeBytes { Array($0) }
  }
}

/// A place in a topic.
public struct TopicPosition: Hashable, Sendable, CustomStringConvertible {
  /// The topic.
  public var topic: String
  /// The partition.
  public var partition: Int32
  /// The offset.
  public var offset: Int64

  /// A place in a topic.
  public init(topic: String, partition: Int32, offset: Int64) {
    self.topic = topic
    self.partition = partition
    self.offset = offset
  }

  /// partition-offset.
  public var name: String { "\(partition)-\(offset)" }

  /// In words.
  public var description: String { "\(topic), partition \(partition), offset \(offset)" }
}
