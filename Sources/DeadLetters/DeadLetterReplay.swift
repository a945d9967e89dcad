import Deals
import Kafka
import Topics

/// Puts dead letters back where they were read, after what was wrong has been mended. Belongs to one thread.
///
/// A letter goes back with its own key, time and headers. Once that is acknowledged a mark is written beside it in
/// `deals.dead-letter`, so that it is not put back a second time. After a crash between the two it may be: the scorer drops
/// a change that it has just seen.
public final class DeadLetterReplay {
  /// The header of a mark: the name of the letter that was put back.
  public static let mark = "dl_replayed"
  /// The header of a record that was put back: the letter that it was.
  public static let origin = "dl_replay_of"

  private let producer: Producer
  private let deadLetters: ProducerTopic
  private let changes: ProducerTopic
  private let topics: TopicNames

  /// A replay by a producer that is open already.
  public init(_ producer: Producer, _ topics: TopicNames) throws(KafkaError) {
    self.producer = producer
    self.topics = topics
    deadLetters = try producer.topic(topics.deadLetter)
    changes = try producer.topic(topics.changes)
  }

  /// Why a letter can't be put back; nil where it can.
  public func obstacle(_ letter: DeadLetter) -> String? {
    if letter.source.topic != topics.changes {
      return "it was read from \(letter.source.topic), and only records of \(topics.changes) are put back"
    }
    if let size = letter.wholeSize {
      return "only the beginning of its \(size) bytes is kept: read the whole record at \(letter.source)"
    }
    if let size = letter.wholeKeySize {
      return "only the beginning of its key of \(size) bytes is kept: read the whole record at \(letter.source)"
    }
    if letter.droppedHeaders > 0 {
      return "\(letter.droppedHeaders) of its headers were too large to keep: read the whole record at \(letter.source)"
    }
    return nil
  }

  /// Puts letters back and waits until they and their marks are acknowledged.
  ///
  /// - Throws: `KafkaError`; what was put back before stays.
  public func putBack(_ letters: [DeadLetter]) throws(KafkaError) {
    let group = DeliveryGroup()
    for letter in letters {
      let headers = letter.headers + [MessageHeader(Self.origin, letter.place.name)]
      try produce(letter.key, letter.value, to: changes, headers, timestamp: letter.timestamp, group)
    }
    try wait(for: group)
    let marks = DeliveryGroup()
    for letter in letters {
      let headers = [
        MessageHeader("ce_type", MessageType.deadLetter.rawValue), MessageHeader(Self.mark, letter.place.name),
      ]
      try produce(letter.key, [], to: deadLetters, headers, timestamp: nil, marks)
    }
    try wait(for: marks)
  }

  private func produce(
    _ key: [UInt8]?, _ value: [UInt8]?, to topic: ProducerTopic, _ headers: [MessageHeader], timestamp: Timestamp?,
    _ group: DeliveryGroup
  ) throws(KafkaError) {
    let (keyBytes, valueBytes) = (key ?? [], value ?? [])
    try keyBytes.span.bytes.withUnsafeBytes { keyBuffer throws(KafkaError) in
      try valueBytes.span.bytes.withUnsafeBytes { valueBuffer throws(KafkaError) in
        try producer.produce(
          to: topic, key: key == nil ? nil : keyBuffer, value: value == nil ? nil : valueBuffer,
          timestamp: timestamp?.milliseconds, headers: headers, group: group)
      }
    }
  }

  private func wait(for group: DeliveryGroup) throws(KafkaError) {
    try producer.flush(timeout: 60_000)
    if let failure = group.firstFailure { throw failure }
  }
}
