import Deals
import Kafka
import Logging
import Scoring

/// Reads the whole outcome ledger from its start, then its tail, without a group: every instance keeps the same baselines.
///
/// Belongs to one thread.
final class LedgerFollower {
  /// What a follower does with an entry, its offset known.
  typealias Sink = (LedgerEntry, Int64) -> Void

  private let consumer: Consumer
  private let decoder = LedgerDecoder()
  private let partition: TopicPartition
  /// The next offset to be read.
  private(set) var position: Int64 = 0
  /// The ledger's end when it was last asked for.
  private(set) var end: Int64 = 0

  init(_ settings: ScorerSettings, from start: Int64 = 0, logger: Logger) throws(KafkaError) {
    var configuration = ConsumerConfiguration(client: settings.client, groupID: "\(settings.groupID)-ledger")
    configuration.offsetReset = .earliest
    configuration.fetchWaitMax = settings.fetchWaitMax
    consumer = try Consumer(configuration, logger: logger)
    partition = TopicPartition(settings.topics.outcomes, 0)
    try consumer.assign([partition: start > 0 ? .offset(start) : .beginning])
    position = start
  }

  /// Asks where the ledger ends now.
  func refreshEnd() throws(KafkaError) {
    end = try consumer.watermarks(partition).high
  }

  /// Hands over what has come, waiting at most so many milliseconds for the first entry. Returns how many came.
  @discardableResult
  func poll(timeout: Int32, maxEntries: Int = 10_000, _ sink: Sink) throws(ScorerError) -> Int {
    let decoder = decoder
    var next = position
    let count = try consumer.withBatch(maxMessages: maxEntries, timeout: timeout) { batch throws(ScorerError) in
      try batch.forEach { message throws(ScorerError) in
        next = message.offset + 1
        guard !message.isTombstone else { return }
        do throws(DecodeFailure) {
          let entry = try message.value.withUnsafeBytes { bytes throws(DecodeFailure) in try decoder.decode(bytes) }
          sink(entry, message.offset)
        } catch {
          // The baselines would silently differ from every other reader's.
          throw ScorerError.unreadable(
            topic: message.topic, partition: message.partition, offset: message.offset, error)
        }
      }
      return batch.count
    }
    position = max(position, next)
    for case .failed(let error, _) in consumer.takeEvents() where error.isFatal { throw .kafka(error) }
    if count == 0 { try takePositionPastMarkers() }
    return count
  }

  /// Transactions leave markers that are never handed out: without this a ledger that ends with one would never be read up.
  private func takePositionPastMarkers() throws(ScorerError) {
    guard position < end else { return }
    let positions = try? consumer.positions(of: [partition])
    if let known = positions?[partition] { position = max(position, known) }
  }

  var isCaughtUp: Bool { position >= end }

  /// Entries that are not yet read, as far as the last answer of the broker tells; markers count too.
  var lag: Int64 { max(0, max(end, consumer.cachedWatermarks(partition)?.high ?? 0) - position) }

  func close() { consumer.close() }
}
