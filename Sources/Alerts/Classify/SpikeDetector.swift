import Configuration
import Deals

/// Notices when many deals turn risky within a short time, and when that is over.
public struct SpikeDetector: Codable, Hashable, Sendable {
  private var openings: [Timestamp] = []
  private var isSpiking = false

  /// Nothing has happened.
  public init() {}

  /// A deal turned risky. Returns how many did so within the window, where a spike begins with this one.
  mutating func opened(at now: Timestamp, count: Int, window: Milliseconds) -> Int? {
    forget(at: now, window)
    // Beyond the limit there is nothing more to learn, so a burst costs no memory.
    if openings.count < count { openings.append(now) } else { openings[openings.startIndex] = now }
    guard openings.count >= count, !isSpiking else { return nil }
    isSpiking = true
    return openings.count
  }

  /// Whether a spike has just ended: fewer than half as many within the window.
  mutating func hasEnded(at now: Timestamp, count: Int, window: Milliseconds) -> Bool {
    guard isSpiking else { return false }
    forget(at: now, window)
    guard openings.count * 2 < count else { return false }
    isSpiking = false
    return true
  }

  /// After a clock was set back: nothing has happened in the future.
  mutating func limit(to now: Timestamp) { openings = openings.map { min($0, now) } }

  private mutating func forget(at now: Timestamp, _ window: Milliseconds) {
    openings.removeAll { $0.adding(milliseconds: window.value) <= now }
  }
}
