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
  /// What is not known to be written.
  private var unwritten = RouterWords()
  private var underWay: (group: DeliveryGroup, words: RouterWords)?

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

  /// Notes what other routers have to know, and what waits for that.
  func share(
    _ records: [SharedRecord], forgotten: [Fingerprint], offsets: [InputPartition: Int64] = [:], lastCommand: Int64 = 0
  ) throws {
    var words = RouterWords(offsets: offsets, lastCommand: lastCommand)
    for fingerprint in forgotten { words.records[fingerprint.text] = .some(nil) }
    for record in records {
      words.records[record.key(writer: name)] = try encoder.encode(SharedEnvelope(writer: name, record: record))
    }
    unwritten.add(words)
  }

  /// Forgets offsets that wait: their partitions are another router's by now, which may be further on.
  func forgetOffsets() {
    unwritten.offsets = [:]
    underWay?.words.offsets = [:]
  }

  /// Writes decisions and what other routers have to know, and waits until the brokers have it, at most so many
  /// milliseconds; what fails is tried again the next time.
  ///
  /// - Returns: What other routers know from now on, nil where that is no more than before.
  func publish(timeout: Int32) throws -> RouterWords? {
    try writeStates()
    try log.write()
    try feedback.write()
    guard underWay != nil || log.isUnderWay || feedback.isUnderWay else { return nil }
    try? producer.flush(timeout: timeout)
    let told = settleStates()
    try log.settle()
    try feedback.settle()
    return told
  }

  private func writeStates() throws {
    guard underWay == nil, !unwritten.isEmpty else { return }
    let group = DeliveryGroup()
    for (key, value) in unwritten.records {
      try Array(key.utf8).withUnsafeBytes { key in
        try (value.map { [UInt8]($0) } ?? []).withUnsafeBytes { bytes in
          try producer.produce(
            to: state, key: key, value: value == nil ? nil : bytes, common: stateHeaders, group: group)
        }
      }
    }
    underWay = (group, unwritten)
    unwritten = RouterWords()
  }

  private func settleStates() -> RouterWords? {
    guard let (group, words) = underWay, group.isComplete else { return nil }
    underWay = nil
    guard let failure = group.firstFailure else { return words }
    logger.warning("alerts.state is written again: \(failure)")
    let newer = unwritten
    unwritten = words
    unwritten.add(newer)
    return nil
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
