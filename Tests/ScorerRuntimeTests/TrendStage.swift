import Deals
import Foundation
import Kafka
import Logging
import Synchronization
import Topics
import Trends

@testable import ScorerRuntime

/// A trend processor with transactions on an embedded broker of its own, whose ledger tells of forty days.
///
/// The embedded broker isolates no transactions and forgets their offsets: what a transaction that failed has written can be
/// read, and who takes over begins anew.
final class TrendStage: Sendable {
  static let days = 40

  let broker: EmbeddedBroker
  private let settings: ScorerSettings
  private let stopped = Atomic<Bool>(false)
  private let end = Mutex<Result<Void, ScorerError>?>(nil)

  init() throws {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    broker = try EmbeddedBroker(logger: logger)
    for topic in TopicDeclaration.all(dealPartitions: 1) {
      try broker.createTopic(topic.name, partitions: topic.partitions)
    }
    var settings = ScorerSettings(client: ClientConfiguration(bootstrapServers: broker.bootstrapServers))
    settings.fetchWaitMax = 10
    settings.sessionTimeout = 6_000
    self.settings = settings
    try writeLedger(logger)
  }

  private func writeLedger(_ logger: Logger) throws {
    let producer = try Producer(ProducerConfiguration(client: settings.client), logger: logger)
    defer { producer.close() }
    let topic = try producer.topic(settings.topics.outcomes)
    let group = DeliveryGroup()
    var writer = JSONWriter()
    for day in 0..<Self.days {
      guard let deal = DealID("D\(day)"), let start = Timestamp(rfc3339: "2025-01-01T12:00:00Z") else { continue }
      let closed = start.adding(days: day)
      let content = ClosedDeal(
        outcome: .won, closedAt: closed, createdAt: closed.adding(days: -20), stage: .closed, amount: nil,
        descriptors: Descriptors())
      writer.removeAll()
      writer.ledgerEntry(
        LedgerEntry(
          source: SourcePosition(partition: 0, offset: Int64(day)), dealID: deal, occurredAt: closed,
          content: .adds(content)))
      try writer.withBytes { value throws(KafkaError) in
        try producer.produce(to: topic, partition: 0, key: nil, value: value, group: group)
      }
    }
    try producer.flush(timeout: 60_000)
  }

  /// Starts the processor on a thread of its own.
  func start() {
    _ = DedicatedThread(name: "trends") { [self] in
      do throws(ScorerError) {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let processor: TrendProcessor
        do throws(KafkaError) {
          processor = try TrendProcessor(
            settings, TrendProcessorSettings(), logger: logger, clock: { .now },
            isStopped: { [self] in stopped.load(ordering: .acquiring) })
        } catch {
          throw .kafka(error)
        }
        try processor.run()
        end.withLock { $0 = .success(()) }
      } catch {
        end.withLock { $0 = .failure(error) }
      }
    }
  }

  var hasEnded: Bool { end.withLock { $0 != nil } }

  /// Asks the processor to end, and waits until it has.
  ///
  /// - Throws: What made it end, where that was no wish of ours.
  func stop() throws {
    stopped.store(true, ordering: .releasing)
    _ = eventually { hasEnded }
    try end.withLock { $0 }?.get()
  }

  /// The days of which a report can be read.
  func reportedDays() throws -> Set<Timestamp> {
    var days: Set<Timestamp> = []
    let decoder = ReportDecoder()
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    try TopicSweep(settings.topics.reports, settings, logger: logger, isStopped: { false }).forEach { bytes in
      if let report = try? decoder.decode(bytes), report.kind == .daily { days.insert(report.from) }
    }
    return days
  }

  /// Whether every day has its report; also true where the processor has ended, as none comes then.
  func isReported() throws -> Bool {
    try eventually { try hasEnded || reportedDays().count == Self.days - 1 }
  }
}

/// Calls until a condition holds; false where it does not within five minutes.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = ContinuousClock.now + .seconds(300)
  while ContinuousClock.now < deadline {
    if try condition() { return true }
    DedicatedThread.pause(milliseconds: 20)
  }
  return false
}
