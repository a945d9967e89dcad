import CLibrdkafka

/// A topic as a producer holds it. Made by `Producer.topic(_:)`, lives as long as its producer is kept by it.
///
/// `@unchecked Sendable`: librdkafka's topic handles may be used from any thread.
public final class ProducerTopic: @unchecked Sendable {
  /// The topic's name.
  public let name: String
  let pointer: OpaquePointer
  private let owner: ClientHandle

  init(_ name: String, _ owner: ClientHandle) throws(KafkaError) {
    guard let pointer = rd_kafka_topic_new(owner.pointer, name, nil) else {
      throw KafkaError(rd_kafka_last_error(), "topic \(name)")
    }
    self.name = name
    self.pointer = pointer
    self.owner = owner
  }

  deinit { rd_kafka_topic_destroy(pointer) }
}
