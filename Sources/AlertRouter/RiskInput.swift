import AlertDelivery
import Alerts
import Deals
import Foundation
import Kafka
import Logging
import Synchronization

/// Reads `deals.risk` as a member of the group.
final class RiskInput {
  /// What was read, and where reading goes on.
  struct Batch {
    var statements: [AlertSource] = []
    var offsets: [InputPartition: Int64] = [:]
  }

  private let consumer: Consumer
  private let decoder = RiskDecoder()
  private let logger: Logger
  private var positions: [InputPartition: Int64]
  private var behind: Set<TopicPartition> = []
  private var isAssigned = false
  private static let batchSize = 500

  init(_ settings: RouterProcessSettings, stored: [InputPartition: Int64], _ logger: Logger) throws {
    self.logger = logger
    positions = stored
    var configuration = ConsumerConfiguration(client: settings.client, groupID: settings.groupID)
    configuration.groupInstanceID = settings.instanceID
    configuration.sessionTimeout = settings.sessionTimeout
    configuration.offsetReset = .earliest
    configuration.reportsPartitionEnd = true
    consumer = try Consumer(configuration, logger: logger)
    var handler = RebalanceHandler()
    handler.assigned = { [unowned self] partitions in
      isAssigned = true
      behind.formUnion(partitions)
      return [:]
    }
    handler.revoked = { [unowned self] partitions in behind.subtract(partitions) }
    handler.lost = { [unowned self] partitions in behind.subtract(partitions) }
    try consumer.subscribe([settings.topics.risk], handler)
  }

  /// Whether every partition of this member was read to its end at least once.
  var hasCaughtUp: Bool { isAssigned && behind.isEmpty }

  /// Waits up to a fifth of a second for records. What can't be read is left out with a line in the log.
  func poll() throws -> Batch {
    var batch = Batch()
    consumer.withBatch(maxMessages: Self.batchSize, timeout: 200) { messages in
      messages.forEach { message in
        let place = InputPartition(message.topic, message.partition)
        let offset = message.offset
        // The store may be ahead of Kafka: what it has was decided on already.
        guard offset >= positions[place] ?? 0 else { return }
        batch.offsets[place] = offset + 1
        if let statement = read(message) { batch.statements.append(statement) }
      }
    }
    for event in consumer.takeEvents() {
      switch event {
      case .reachedEnd(let partition, _): behind.remove(partition)
      case .failed(let error, _): logger.warning("\(error)")
      }
    }
    if let fatal = consumer.fatalError { throw fatal }
    for (place, next) in batch.offsets { positions[place] = next }
    return batch
  }

  private func read(_ message: borrowing MessageView) -> AlertSource? {
    if message.isTombstone {
      let id = message.key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
      let time = Timestamp(milliseconds: message.timestampMilliseconds ?? 0)
      return DealID(id).map { AlertSource.ended(dealID: $0.text, at: time) }
    }
    do throws(DecodeFailure) {
      let event = try message.value.withUnsafeBytes { bytes throws(DecodeFailure) in try decoder.decode(bytes) }
      return AlertSource(event)
    } catch {
      logger.warning("a record of \(message.topic)/\(message.partition)@\(message.offset) is left out: \(error)")
      return nil
    }
  }

  /// Tells Kafka how far the store has come.
  func commit(_ offsets: [InputPartition: Int64]) throws {
    guard !offsets.isEmpty else { return }
    let list = Dictionary(
      uniqueKeysWithValues: offsets.map { (TopicPartition($0.key.topic, $0.key.partition), $0.value) })
    do { try consumer.commit(list, waits: false) } catch {
      // The store knows the position: a commit that failed costs nothing but records read twice.
      logger.warning("offsets are committed later: \(error)")
    }
  }

  func close() { consumer.close() }
}
