import Deals
import Foundation
import Kafka
import Logging
import ScorerRuntime
import Synchronization

/// A clock that a test sets, and can stop: whoever asks a stopped clock waits until it goes on.
final class TestClock: Sendable {
  private let state = Mutex((offset: Int64(0), isStopped: false))

  func now() -> Timestamp {
    while state.withLock({ $0.isStopped }) { usleep(5_000) }
    let milliseconds = Int64(Date().timeIntervalSince1970 * 1_000)
    return Timestamp(milliseconds: milliseconds + state.withLock { $0.offset })
  }

  func jump(milliseconds: Int64) { state.withLock { $0.offset += milliseconds } }
  func stop() { state.withLock { $0.isStopped = true } }
  func goOn() { state.withLock { $0.isStopped = false } }
}

/// A scorer within the test's own process, for faults that can't be done to a process from outside.
final class InsideScorer: Sendable {
  private let scorer: Scorer
  private let log = LogLines()
  private let ended = Mutex<Result<Void, any Error>?>(nil)

  /// Starts it.
  ///
  /// - Parameters:
  ///   - properties: librdkafka's, for all its clients.
  ///   - hasTransactions: Whether it is exactly_once on the embedded broker too, which does not isolate transactions and
  ///     forgets their offsets.
  init(
    _ stream: Stream, clock: TestClock = TestClock(), properties: [String: String] = [:], hasTransactions: Bool = false
  ) {
    var settings = ScorerSettings(client: stream.client)
    settings.client.extra = properties
    settings.topics = stream.topics
    settings.groupID = stream.group
    settings.instanceID = "inside"
    // Whoever sets it for the programs of a test has it hold here too: all of a group must have the same.
    let assignor = ProcessInfo.processInfo.environment["DEALPULSE_SCORER_ASSIGNOR"]
    settings.assignor = assignor.flatMap { ConsumerConfiguration.AssignmentStrategy(rawValue: $0) } ?? .range
    settings.sessionTimeout = 6_000
    settings.fetchWaitMax = 10
    settings.trends = nil
    settings.trustsEmbeddedBroker = hasTransactions
    let log = log
    let logger = Logger(label: "test") { _ in CollectedLog(lines: log) }
    let scorer = Scorer(settings, logger: logger, clock: { clock.now() })
    self.scorer = scorer
    Task { [self] in
      do {
        try await scorer.run()
        ended.withLock { $0 = .success(()) }
      } catch {
        ended.withLock { $0 = .failure(error) }
      }
    }
  }

  /// Why it is not ready; nil where it is.
  var reasonNotReady: String? { scorer.status.reasonNotReady }

  /// Changes that were read so far, those that were read again included.
  var changes: Int { scorer.status.reports.values.reduce(0) { $0 + $1.changes } }

  var hasEnded: Bool { ended.withLock { $0 != nil } }

  /// How often it has said something.
  func count(of text: String) -> Int { log.count(of: text) }

  /// Asks it to end, and waits until it has.
  ///
  /// - Throws: What made it end, where that was no wish of ours.
  func stop() throws {
    scorer.stop()
    try end()
  }

  /// Waits until it ends by itself.
  ///
  /// - Throws: What made it end.
  func end() throws {
    guard eventually({ ended.withLock { $0 != nil } }) else { throw StreamFailure(text: "the scorer does not end") }
    try ended.withLock { $0 }?.get()
  }
}

/// What was said, by whichever thread.
final class LogLines: Sendable {
  private let lines = Mutex<[String]>([])
  func add(_ line: String) { lines.withLock { $0.append(line) } }
  func count(of text: String) -> Int { lines.withLock { $0.count { $0.contains(text) } } }
}

/// A log that a test can look into.
private struct CollectedLog: LogHandler {
  let lines: LogLines
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { lines.add("\(event.message)") }
}
