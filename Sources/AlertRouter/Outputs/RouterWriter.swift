import AlertDelivery
import Alerts
import DeadLetters
import Deals
import Foundation
import Kafka
import Logging
import Topics

/// Writes what the router tells Kafka: decisions, what other routers must know, feedback, dead letters. Belongs to one thread.
final class RouterWriter {
  let producer: Producer
  private let log: AlertsLog
  private let feedback: FeedbackLog
  private let state: ProducerTopic
  private let stateHeaders: RecordHeaders
  private let deadLetters: DeadLetterWriter
  private let deadLetterGroup = DeliveryGroup()
  private let encoder = JSONEncoder()
  private let name: String
  private let logger: Logger
  /// The newest record of each key that is not known to be written.
  private var unwritten: [String: Data?] = [:]
  private var underWay: (group: DeliveryGroup, keys: [String: Data?])?

  init(_ settings: RouterProcessSettings, _ store: RouterStore, name: String, _ logger: Logger) throws {
    self.logger = logger
    self.name = name
    producer = try Producer(ProducerConfiguration(client: settings.client), logger: logger)
    log = try AlertsLog(producer, settings.topics, store)
    feedback = try FeedbackLog(producer, settings.topics, store)
    state = try producer.topic(settings.topics.alertsState)
    let headers = MessageType.alertState.constantHeaders(source: "alert-router")
    stateHeaders = RecordHeaders(headers.map { MessageHeader($0.name, $0.value) })
    deadLetters = try DeadLetterWriter(producer, settings.topics)
  }

  /// Notes what other routers have to know.
  func share(_ records: [SharedRecord], forgotten: [Fingerprint]) throws {
    for fingerprint in forgotten { unwritten[fingerprint.text] = .some(nil) }
    for record in records {
      unwritten[record.key(writer: name)] = try encoder.encode(SharedEnvelope(writer: name, record: record))
    }
  }

  /// Writes decisions and what other routers have to know, and waits until the brokers have it, at most so many
  /// milliseconds; what fails is tried again the next time.
  func publish(timeout: Int32) throws {
    try writeStates()
    try log.write()
    try feedback.write()
    guard underWay != nil || log.isUnderWay || feedback.isUnderWay else { return }
    try? producer.flush(timeout: timeout)
    settleStates()
    try log.settle()
    try feedback.settle()
  }

  private func writeStates() throws {
    guard underWay == nil, !unwritten.isEmpty else { return }
    let group = DeliveryGroup()
    for (key, value) in unwritten {
      try Array(key.utf8).withUnsafeBytes { key in
        try (value.map { [UInt8]($0) } ?? []).withUnsafeBytes { bytes in
          try producer.produce(
            to: state, key: key, value: value == nil ? nil : bytes, common: stateHeaders, group: group)
        }
      }
    }
    underWay = (group, unwritten)
    unwritten = [:]
  }

  private func settleStates() {
    guard let (group, keys) = underWay, group.isComplete else { return }
    underWay = nil
    guard let failure = group.firstFailure else { return }
    logger.warning("alerts.state is written again: \(failure)")
    unwritten.merge(keys) { newer, _ in newer }
  }

  /// Hands over a record that can't be used.
  func deadLetter(_ message: borrowing MessageView, _ reason: DeadLetterReason, now: Timestamp) throws(KafkaError) {
    RouterMetrics.countDeadLetter()
    logger.warning(
      "dead letter",
      metadata: [
        "topic": "\(message.topic)", "partition": "\(message.partition)", "offset": "\(message.offset)",
        "code": "\(reason.code)",
      ])
    try deadLetters.write(message, reason, now: now, deadLetterGroup)
  }

  /// Whether every dead letter is written; waits for them at most so many milliseconds.
  ///
  /// - Throws: `KafkaError` where one was given up: its record is read again after a restart.
  func hasWrittenDeadLetters(timeout: Int32) throws(KafkaError) -> Bool {
    if !deadLetterGroup.isComplete { try? producer.flush(timeout: timeout) }
    if let failure = deadLetterGroup.firstFailure { throw failure }
    return deadLetterGroup.isComplete
  }

  func close() { producer.close() }
}
