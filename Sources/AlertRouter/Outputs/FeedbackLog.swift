import AlertDelivery
import Deals
import Kafka
import Topics

/// Writes people's verdicts to `deals.feedback`, from the store: each at least once, under an id of its own.
final class FeedbackLog {
  private let producer: Producer
  private let topic: ProducerTopic
  private let store: RouterStore
  private let headers: RecordHeaders
  private let decoder = FeedbackDecoder()
  private var underWay: (group: DeliveryGroup, last: Int64)?
  private static let batchSize = 500

  init(_ producer: Producer, _ topics: TopicNames, _ store: RouterStore) throws(KafkaError) {
    self.store = store
    self.producer = producer
    topic = try producer.topic(topics.feedback)
    headers = RecordHeaders(
      MessageType.feedback.constantHeaders(source: "alert-router").map { MessageHeader($0.name, $0.value) })
  }

  /// Whether verdicts are on their way.
  var isUnderWay: Bool { underWay != nil }

  /// Hands over what is not on the topic yet.
  func write() throws {
    guard underWay == nil else { return }
    let rows = try store.unpublishedFeedback(limit: Self.batchSize)
    guard let last = rows.last else { return }
    let group = DeliveryGroup()
    for (_, value) in rows {
      try value.withUnsafeBytes { bytes in
        let feedback = try decoder.decode(bytes)
        try Array(feedback.dealID.text.utf8).withUnsafeBytes { key in
          try producer.produce(
            to: topic, key: key, value: bytes, common: headers,
            headers: [
              MessageHeader("ce_id", feedback.id.description), MessageHeader("ce_time", feedback.at.rfc3339),
            ], group: group)
        }
      }
    }
    underWay = (group, last.sequence)
  }

  /// Forgets what has arrived; what failed is written again the next time.
  func settle() throws(StoreError) {
    guard let (group, last) = underWay, group.isComplete else { return }
    do throws(StoreError) {
      if group.firstFailure == nil { try store.forgetFeedback(upTo: last) }
    } catch {
      // The store is locked or full: what has arrived is not written again, and noted once that is possible.
      guard error.mayPass else { throw error }
      return
    }
    underWay = nil
  }
}
