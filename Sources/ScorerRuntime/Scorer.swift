import Deals
import Kafka
import Logging
import Observability
import Synchronization
import Topics

/// The scorer as a whole: its threads, from start to stop.
public final class Scorer: Sendable {
  /// How it runs.
  public let settings: ScorerSettings
  /// What its threads say of themselves.
  public let status = ScorerStatus()
  private let logger: Logger
  private let clock: @Sendable () -> Timestamp
  private let stopped = Atomic<Bool>(false)
  private let failure = Mutex<ScorerError?>(nil)

  /// A scorer that does not run yet.
  ///
  /// `clock` tells what time it is: which changes belong to the present, what has come due, when a score was made. It
  /// measures no durations, and may jump in either direction.
  public init(_ settings: ScorerSettings, logger: Logger, clock: @escaping @Sendable () -> Timestamp = { .now }) {
    self.settings = settings
    self.logger = logger
    self.clock = clock
  }

  /// Asks the threads to commit and end. `run()` returns when they have.
  public func stop() { stopped.store(true, ordering: .releasing) }

  /// Runs until `stop()` or until something makes going on impossible.
  ///
  /// - Throws: `ScorerError`, whose text says what to do.
  public func run() async throws {
    try await DedicatedThread.run(name: "scorer") { [self] in try runThreads() }
  }

  private func runThreads() throws {
    guard let (settings, partitions) = try preparedSettings() else { return }
    let threads = (0..<max(1, settings.threads)).map { number in
      DedicatedThread(name: "scorer-\(number)") { [self] in runThread(number, settings, partitions) }
    }
    let trends = settings.trends.map { trends in
      DedicatedThread(name: "trends") { [self] in runTrends(settings, trends) }
    }
    for thread in threads { thread.join() }
    trends?.join()
    if let failure = failure.withLock({ $0 }) { throw failure }
  }

  private func runThread(_ number: Int, _ settings: ScorerSettings, _ partitions: Int) {
    do throws(ScorerError) {
      let processor = try DealProcessor(
        settings, partitions: partitions, number: number, status: status, logger: logger, clock: clock,
        isStopped: { [self] in stopped.load(ordering: .acquiring) })
      try processor.run()
    } catch {
      logger.critical("\(error)")
      failure.withLock { $0 = $0 ?? error }
      stop()
    }
  }

  private func runTrends(_ settings: ScorerSettings, _ trends: TrendProcessorSettings) {
    do {
      let processor: TrendProcessor
      do throws(KafkaError) {
        processor = try TrendProcessor(
          settings, trends, logger: logger, clock: clock,
          isStopped: { [self] in stopped.load(ordering: .acquiring) })
      } catch {
        throw ScorerError.kafka(error)
      }
      try processor.run()
    } catch {
      logger.critical("\(error)")
      failure.withLock { $0 = $0 ?? (error as? ScorerError) }
      stop()
    }
  }

  /// Waits for the broker with one line a minute (nil where the scorer is stopped meanwhile), then makes sure that the twin topics have the same partitions.
  ///
  /// The embedded broker does not isolate transactions: there the guarantee is at_least_once, whatever is configured.
  private func preparedSettings() throws -> (ScorerSettings, partitions: Int)? {
    let admin: Admin
    do throws(KafkaError) {
      admin = try Admin(settings.client, logger: logger)
    } catch {
      throw ScorerError.kafka(error)
    }
    var waiting = BrokerWait(servers: settings.client.bootstrapServers, logger: logger)
    while !stopped.load(ordering: .acquiring) {
      let cluster: ClusterDescription
      do throws(KafkaError) {
        cluster = try admin.describeCluster(timeout: 1_000)
      } catch {
        guard error.isRetriable else { throw ScorerError.kafka(error) }
        waiting.wait(after: error)
        continue
      }
      try TopicCheck(settings.topics).verify(cluster, withTrends: settings.trends != nil)
      let partitions = cluster.topics[settings.topics.changes]?.partitions ?? 0
      let isToBeKept = settings.guarantee == .atLeastOnce || settings.trustsEmbeddedBroker
      guard !isToBeKept, admin.isEmbedded() else { return (settings, partitions) }
      logger.notice("at_least_once: the embedded broker does not isolate transactions, exactly_once needs a real one")
      var settings = settings
      settings.guarantee = .atLeastOnce
      return (settings, partitions)
    }
    return nil
  }
}
