import Deals
import Kafka
import Scoring

/// One partition of `deals.changes` on this thread: its engine, and whether it may be scored yet.
final class DealTask {
  enum Phase {
    /// Its state is being read.
    case restoring
    /// It is scored.
    case running
  }

  let partition: Int32
  var engine: DealEngine
  var phase = Phase.restoring
  /// What the metrics have been told of the engine's counters.
  var counted = EngineCounters()
  /// The deals that were found in `deals.state`, and whether a position was.
  var restoredDeals = 0
  var restoredPosition = false
  /// The member that the newest position in `deals.state` names; nil of one that was written without a transaction, and where
  /// there is none.
  var writer: String?

  init(partition: Int32, settings: EngineSettings) {
    self.partition = partition
    engine = DealEngine(partition: partition, settings: settings)
  }

  /// Starts over: a state without its position can't be trusted.
  func reset(_ settings: EngineSettings) {
    engine = DealEngine(partition: partition, settings: settings)
    counted = EngineCounters()
    restoredDeals = 0
    restoredPosition = false
    writer = nil
  }
}
