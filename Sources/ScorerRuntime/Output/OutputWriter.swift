import Deals
import Kafka
import Topics

/// Writes the scorer's records to their topics. Belongs to one thread.
final class OutputWriter {
  let producer: Producer
  private let risk: ProducerTopic
  private let outcomes: ProducerTopic
  private let state: ProducerTopic
  private let deadLetters: ProducerTopic
  private let riskHeaders: RecordHeaders
  private let outcomeHeaders: RecordHeaders
  private let deadLetterHeaders: RecordHeaders
  private var writer = JSONWriter()
  private static let largestDeadLetter = 900_000
  private static let shownOfLarger = 65_536

  init(_ producer: Producer, _ topics: TopicNames, source: String) throws(KafkaError) {
    self.producer = producer
    risk = try producer.topic(topics.risk)
    outcomes = try producer.topic(topics.outcomes)
    state = try producer.topic(topics.state)
    deadLetters = try producer.topic(topics.deadLetter)
    riskHeaders = Self.headers(.risk, source)
    outcomeHeaders = Self.headers(.outcome, source)
    deadLetterHeaders = RecordHeaders([MessageHeader("ce_type", MessageType.deadLetter.rawValue)])
  }

  private static func headers(_ type: MessageType, _ source: String) -> RecordHeaders {
    RecordHeaders(type.constantHeaders(source: source).map { MessageHeader($0.name, $0.value) })
  }

  /// A score goes to the partition of `deals.risk` with the number of the change's partition: they are twins.
  func write(_ event: RiskEvent, _ group: DeliveryGroup) throws(KafkaError) {
    writer.removeAll()
    writer.riskEvent(event)
    try send(
      to: risk, partition: event.source.partition, event.dealID, timestamp: event.scoredAt, riskHeaders,
      [
        MessageHeader("ce_id", event.eventID.description), MessageHeader("ce_time", event.occurredAt.rfc3339),
      ], group)
  }

  func write(_ entry: LedgerEntry, now: Timestamp, _ group: DeliveryGroup) throws(KafkaError) {
    writer.removeAll()
    writer.ledgerEntry(entry)
    let id = "\(entry.source.partition)-\(entry.source.offset)"
    try send(
      to: outcomes, partition: 0, entry.dealID, timestamp: now, outcomeHeaders,
      [MessageHeader("ce_id", id), MessageHeader("ce_time", entry.occurredAt.rfc3339)], group)
  }

  private func send(
    to topic: ProducerTopic, partition: Int32, _ id: DealID, timestamp: Timestamp, _ common: RecordHeaders,
    _ headers: [MessageHeader], _ group: DeliveryGroup
  ) throws(KafkaError) {
    let bytes = writer.bytes
    try id.text.utf8.span.bytes.withUnsafeBytes { key throws(KafkaError) in
      try bytes.span.bytes.withUnsafeBytes { value throws(KafkaError) in
        try producer.produce(
          to: topic, partition: partition, key: key, value: value,
          timestamp: timestamp.milliseconds, common: common, headers: headers, group: group)
      }
    }
  }

  /// A record that can't be used goes to the dead letters as it came, with what is wrong in its headers.
  func writeDeadLetter(
    _ message: borrowing MessageView, _ failure: DecodeFailure, now: Timestamp, _ group: DeliveryGroup
  ) throws(KafkaError) {
    // A record that is too large to be sent on is named and shown by its beginning; it stays where it was read.
    let size = message.value.byteCount
    let shown = size > Self.largestDeadLetter ? Self.shownOfLarger : size
    var headers =
      message.headers + [
        MessageHeader("dl_topic", message.topic), MessageHeader("dl_partition", String(message.partition)),
        MessageHeader("dl_offset", String(message.offset)), MessageHeader("dl_code", failure.code.rawValue),
        MessageHeader("dl_text", failure.description), MessageHeader("dl_first_seen", now.rfc3339),
        MessageHeader("dl_timestamp", String(message.timestampMilliseconds ?? 0)),
      ]
    if shown < size { headers.append(MessageHeader("dl_truncated_from", String(size))) }
    try message.key.withUnsafeBytes { key throws(KafkaError) in
      try message.value.withUnsafeBytes { value throws(KafkaError) in
        try producer.produce(
          to: deadLetters, key: message.hasKey ? key : nil,
          value: message.isTombstone ? nil : UnsafeRawBufferPointer(rebasing: value[..<shown]),
          timestamp: now.milliseconds, common: deadLetterHeaders, headers: headers, group: group)
      }
    }
  }

  /// Writes encoded state records to a partition.
  func write(_ records: StateRecords, partition: Int32, _ group: DeliveryGroup) throws(KafkaError) {
    try records.forEach { key, value throws(KafkaError) in
      try producer.produce(to: state, partition: partition, key: key, value: value, group: group)
    }
  }
}
