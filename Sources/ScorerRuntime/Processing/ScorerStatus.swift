import Synchronization

/// What the threads of a scorer say of themselves, for readiness and for tests. Safe from any thread.
public final class ScorerStatus: Sendable {
  /// One thread's report.
  public struct Thread: Hashable, Sendable {
    /// Partitions that are scored.
    public var running: Set<Int32> = []
    /// Partitions whose state is being read.
    public var restoring: Set<Int32> = []
    /// Whether the ledger was read to the end it had at the start.
    public var hasReadLedger = false
    /// Changes that were read since the start, dead letters included.
    public var changes = 0
    /// Whether the thread has been given partitions at least once, even if none.
    public var hasJoined = false
  }

  private let threads = Mutex<[Int: Thread]>([:])

  /// No reports yet.
  public init() {}

  /// Every thread's report.
  public var reports: [Int: Thread] { threads.withLock { $0 } }

  /// Why the scorer is not ready; nil where it is.
  public var reasonNotReady: String? {
    let reports = reports
    if reports.isEmpty { return "no thread has started" }
    for (number, thread) in reports.sorted(by: { $0.key < $1.key }) {
      if !thread.hasReadLedger { return "thread \(number) is reading the outcome ledger" }
      if !thread.hasJoined { return "thread \(number) waits for its partitions" }
      if !thread.restoring.isEmpty {
        return "thread \(number) restores partitions \(thread.restoring.sorted())"
      }
    }
    return nil
  }

  func report(_ number: Int, _ thread: Thread) { threads.withLock { $0[number] = thread } }
}
