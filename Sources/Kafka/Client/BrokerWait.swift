import Logging

/// Waits for a broker that is not there: doubling pauses up to five seconds, one clear line a minute.
public struct BrokerWait {
  private let servers: String
  private let logger: Logger
  private var pause: UInt32 = 100
  private var said: ContinuousClock.Instant?

  /// Waits for brokers.
  public init(servers: String, logger: Logger) {
    self.servers = servers
    self.logger = logger
  }

  /// Pauses after a failed attempt; blocks the thread.
  public mutating func wait(after error: KafkaError) {
    let now = ContinuousClock.now
    if said.map({ now - $0 >= .seconds(60) }) ?? true {
      said = now
      logger.warning("no broker at \(servers) yet, trying on: \(error)")
    }
    DedicatedThread.pause(milliseconds: pause)
    pause = min(pause * 2, 5_000)
  }
}
