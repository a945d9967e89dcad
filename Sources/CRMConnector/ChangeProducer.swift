import Deals
import Foundation
import Kafka
import Logging
import Observability

/// Produces changes to `deals.changes`. Blocks; runs on a thread of its own.
struct ChangeProducer {
  let client: ClientConfiguration
  let topic: String
  let rate: Int?
  private let logger = Logger(label: "crm-connector")

  init(client: ClientConfiguration, topic: String, rate: Int?) {
    self.client = client
    self.topic = topic
    self.rate = rate
  }

  func produce(_ changes: [DealChange]) throws {
    try waitForBroker()
    let producer = try Producer(ProducerConfiguration(client: client), logger: logger)
    defer { producer.close() }
    let target = try producer.topic(topic)
    let headers = RecordHeaders(
      MessageType.change.constantHeaders(source: "/dealpulse/crm-connector").map { MessageHeader($0.name, $0.value) })
    let group = DeliveryGroup()
    var writer = JSONWriter()
    var progress = ProgressBar("sending", unit: "events", total: changes.count)
    var pace = Pace(perSecond: rate)
    for (index, change) in changes.enumerated() {
      pace.wait()
      writer.removeAll()
      writer.change(change)
      let key = Array(change.dealID.text.utf8)
      try key.withUnsafeBytes { key in
        try writer.bytes.withUnsafeBytes { value in
          try producer.produce(
            to: target, key: key, value: value, timestamp: change.occurredAt.milliseconds, common: headers,
            headers: [
              MessageHeader("ce_id", change.eventID.description), MessageHeader("ce_time", change.occurredAt.rfc3339),
            ], group: group)
        }
      }
      if index % 256 == 0 { progress.show(index) }
      if let failure = group.firstFailure { throw failure }
    }
    try flush(producer, group)
    progress.end(changes.count)
  }

  private func flush(_ producer: Producer, _ group: DeliveryGroup) throws {
    while !group.isComplete {
      do throws(KafkaError) {
        try producer.flush(timeout: 10_000)
      } catch {
        guard error.isRetriable else { throw error }
      }
      if let fatal = producer.fatalError { throw fatal }
    }
    if let failure = group.firstFailure { throw failure }
  }

  private func waitForBroker() throws {
    let admin = try Admin(client, logger: logger)
    var wait = BrokerWait(servers: client.bootstrapServers, logger: logger)
    while true {
      do throws(KafkaError) {
        let cluster = try admin.describeCluster()
        guard cluster.topics[topic] != nil else {
          throw KafkaError.missing(topic: topic)
        }
        return
      } catch {
        guard error.isRetriable else { throw error }
        wait.wait(after: error)
      }
    }
  }
}

/// Holds a stream of events to a rate.
struct Pace {
  private let interval: Double?
  private let begun = ContinuousClock.now
  private var count = 0.0

  init(perSecond: Int?) { interval = perSecond.map { 1 / Double($0) } }

  /// Waits until the next event is due; blocks the thread.
  mutating func wait() {
    guard let interval else { return }
    let due = begun + .seconds(count * interval)
    count += 1
    let ahead = due - ContinuousClock.now
    if ahead > .milliseconds(1) {
      DedicatedThread.pause(milliseconds: UInt32(min(ahead / .milliseconds(1), 60_000)))
    }
  }
}
