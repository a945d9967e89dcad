import Deals
import Kafka
import Logging
import Simulation

/// Produces simulated events to `deals.changes`. Belongs to one thread.
final class ChangeSender {
  private let producer: Producer
  private let topic: ProducerTopic
  private let headers: RecordHeaders
  private let group = DeliveryGroup()
  private var writer = JSONWriter()

  init(_ client: ClientConfiguration, topic: String) throws {
    producer = try Producer(ProducerConfiguration(client: client), logger: Logger(label: "dealpulse"))
    self.topic = try producer.topic(topic)
    headers = RecordHeaders(
      MessageType.change.constantHeaders(source: "/dealpulse/simulate").map { MessageHeader($0.name, $0.value) })
  }

  func send(_ event: SimulatedEvent) throws {
    switch event.content {
    case .change(let change):
      writer.removeAll()
      writer.change(change)
      try send(writer.bytes, key: change.dealID.text, id: change.eventID.description, at: event.time)
    case .malformed(let bytes, let key): try send(bytes, key: key, id: key, at: event.time)
    }
    if let failure = group.firstFailure { throw failure }
  }

  private func send(_ bytes: [UInt8], key: String, id: String, at time: Timestamp) throws {
    try Array(key.utf8).withUnsafeBytes { key in
      try bytes.withUnsafeBytes { value in
        try producer.produce(
          to: topic, key: key, value: value, timestamp: time.milliseconds, common: headers,
          headers: [MessageHeader("ce_id", id), MessageHeader("ce_time", time.rfc3339)], group: group)
      }
    }
  }

  /// Waits until everything is acknowledged.
  func finish() throws {
    try producer.flush(timeout: 120_000)
    if let failure = group.firstFailure { throw failure }
    producer.close()
  }

  func flush() throws { try producer.flush(timeout: 10_000) }
}
