import AlertDelivery
import Alerts
import Deals
import Foundation
import Kafka
import Topics

/// Writes decisions to `alerts.log`, from the store: each at least once, in their order.
final class AlertsLog {
  private let producer: Producer
  private let topic: ProducerTopic
  private let store: RouterStore
  private let headers: RecordHeaders
  private var writer = JSONWriter()
  private var underWay: (group: DeliveryGroup, last: Int64)?
  private static let batchSize = 5_000

  init(_ producer: Producer, _ topics: TopicNames, _ store: RouterStore) throws(KafkaError) {
    self.store = store
    self.producer = producer
    topic = try producer.topic(topics.alertsLog)
    headers = RecordHeaders(
      MessageType.alert.constantHeaders(source: "alert-router").map { MessageHeader($0.name, $0.value) })
  }

  /// Whether decisions are on their way.
  var isUnderWay: Bool { underWay != nil }

  /// Hands over what is not on the topic yet, a batch at a time.
  func write() throws {
    guard underWay == nil else { return }
    let rows = try store.unpublished(limit: Self.batchSize)
    guard let last = rows.last else { return }
    let group = DeliveryGroup()
    for (sequence, decision) in rows {
      writer.removeAll()
      Self.write(decision, sequence, &writer)
      let key = Array(decision.fingerprint.text.utf8)
      try key.withUnsafeBytes { key in
        try writer.withBytes { value in
          try producer.produce(to: topic, key: key, value: value, common: headers, group: group)
        }
      }
    }
    underWay = (group, last.sequence)
  }

  /// Notes what has arrived; what failed is written again the next time.
  func settle() throws(StoreError) {
    guard let (group, last) = underWay, group.isComplete else { return }
    do throws(StoreError) {
      if group.firstFailure == nil { try store.markPublished(upTo: last) }
    } catch {
      // The store is locked or full: what has arrived is not written again, and noted once that is possible.
      guard error.mayPass else { throw error }
      return
    }
    underWay = nil
  }

  private static func write(_ decision: Decision, _ sequence: Int64, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("sequence")
    writer.integer(sequence)
    writer.key("at")
    writer.timestamp(decision.at)
    writer.key("fingerprint")
    writer.string(decision.fingerprint.text)
    writer.key("kind")
    writer.string(decision.kind.rawValue)
    writer.key("subject")
    writer.string(decision.subject)
    writer.key("event_id")
    writer.string(decision.eventID)
    writer.key("reason")
    writer.string(decision.reason.rawValue)
    writer.key("text")
    writer.string(decision.text)
    writer.key("route")
    text(decision.routeID, &writer)
    writer.key("receiver")
    text(decision.receiver, &writer)
    writer.key("recipient")
    text(decision.recipientID, &writer)
    writer.key("message_id")
    text(decision.messageID, &writer)
    writer.endObject()
  }

  private static func text(_ text: String?, _ writer: inout JSONWriter) {
    if let text { writer.string(text) } else { writer.null() }
  }
}
