import DeadLetters
import Deals
import Kafka
import Topics

/// Writes the scorer's records to their topics. Belongs to one thread.
final class OutputWriter {
  let producer: Producer
  private let risk: ProducerTopic
  private let outcomes: ProducerTopic
  private let state: ProducerTopic
  private let deadLetters: DeadLetterWriter
  private let riskHeaders: RecordHeaders
  private let outcomeHeaders: RecordHeaders
  private var writer = JSONWriter()
  private var identity = JSONWriter()
  private var time = JSONWriter()

  init(_ producer: Producer, _ topics: TopicNames, source: String) throws(KafkaError) {
    self.producer = producer
    risk = try producer.topic(topics.risk)
    outcomes = try producer.topic(topics.outcomes)
    state = try producer.topic(topics.state)
    deadLetters = try DeadLetterWriter(producer, topics)
    riskHeaders = Self.headers(.risk, source)
    outcomeHeaders = Self.headers(.outcome, source)
  }

  private static func headers(_ type: MessageType, _ source: String) -> RecordHeaders {
    RecordHeaders(type.constantHeaders(source: source).map { MessageHeader($0.name, $0.value) })
  }

  /// A score goes to the partition of `deals.risk` with the number of the change's partition: they are twins.
  func write(_ event: RiskEvent, _ group: DeliveryGroup) throws(KafkaError) {
    writer.removeAll()
    writer.riskEvent(event)
    identity.removeAll()
    identity.text(event.eventID)
    try send(
      to: risk, partition: event.source.partition, event.dealID, event.scoredAt, riskHeaders, event.occurredAt, group)
  }

  /// A deal that the CRM deleted leaves nothing behind in deals.risk once it is compacted. `ce_time` is when it was deleted.
  func writeDeletion(
    of deal: DealID, at instant: Timestamp, partition: Int32, now: Timestamp, _ group: DeliveryGroup
  ) throws(KafkaError) {
    try deal.text.utf8.span.bytes.withUnsafeBytes { key throws(KafkaError) in
      try producer.produce(
        to: risk, partition: partition, key: key, value: nil, timestamp: now.milliseconds,
        headers: [MessageHeader("ce_time", instant.rfc3339)], group: group)
    }
  }

  func write(_ entry: LedgerEntry, now: Timestamp, _ group: DeliveryGroup) throws(KafkaError) {
    writer.removeAll()
    writer.ledgerEntry(entry)
    identity.removeAll()
    identity.text(entry.source)
    try send(to: outcomes, partition: 0, entry.dealID, now, outcomeHeaders, entry.occurredAt, group)
  }

  /// Sends what was written, with the id that was written beside it and the time at which it happened as its headers.
  private func send(
    to topic: ProducerTopic, partition: Int32, _ deal: DealID, _ timestamp: Timestamp, _ common: RecordHeaders,
    _ occurredAt: Timestamp, _ group: DeliveryGroup
  ) throws(KafkaError) {
    time.removeAll()
    time.text(occurredAt)
    try deal.text.utf8.span.bytes.withUnsafeBytes { key throws(KafkaError) in
      try writer.withBytes { value throws(KafkaError) in
        try identity.withBytes { id throws(KafkaError) in
          try time.withBytes { time throws(KafkaError) in
            try producer.produce(
              to: topic, partition: partition, key: key, value: value, timestamp: timestamp.milliseconds,
              common: common, texts: [("ce_id", id), ("ce_time", time)], group: group)
          }
        }
      }
    }
  }

  /// A record that can't be used goes to the dead letters as it came, with what is wrong in its headers.
  func writeDeadLetter(
    _ message: borrowing MessageView, _ failure: DecodeFailure, now: Timestamp, _ group: DeliveryGroup
  ) throws(KafkaError) {
    try deadLetters.write(message, DeadLetterReason(failure), now: now, group)
  }

  /// Writes encoded state records to a partition.
  func write(_ records: StateRecords, partition: Int32, _ group: DeliveryGroup) throws(KafkaError) {
    try records.forEach { key, value throws(KafkaError) in
      try producer.produce(to: state, partition: partition, key: key, value: value, group: group)
    }
  }
}
