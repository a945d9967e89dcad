import Foundation
import Synchronization

/// Places at which a test may let the process die, by `DEALPULSE_FAULT_POINT=NAME:PASSES`: the promise of the outbox is what holds
/// when it dies there.
public enum FaultPoint: String, CaseIterable, Sendable {
  /// The input was read, nothing is stored.
  case afterRead = "after_read"
  /// The store was committed, Kafka's offset was not.
  case afterStore = "after_store"
  /// What was decided is told on alerts.log and alerts.state, Kafka's offset was not committed.
  case afterPublish = "after_publish"
  /// The intent is written, nothing was sent.
  case afterIntent = "after_intent"
  /// It was sent, the result is not written.
  case afterSend = "after_send"

  private static let chosen = ProcessInfo.processInfo.environment["DEALPULSE_FAULT_POINT"]?.split(separator: ":")
  private static let passes = Atomic<Int>(0)

  /// Ends the process here where the environment says so, as a power cut would.
  public func pass() {
    guard let chosen = Self.chosen, chosen.first.map(String.init) == rawValue else { return }
    let wanted = chosen.count > 1 ? Int(chosen[1]) ?? 1 : 1
    guard Self.passes.add(1, ordering: .relaxed).newValue >= wanted else { return }
    kill(getpid(), SIGKILL)
  }
}
