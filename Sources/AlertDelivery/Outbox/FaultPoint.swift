import Foundation

/// Places at which a test may let the process die, by `DEALPULSE_FAULT_POINT=NAME`: the promise of the outbox is what holds
/// when it dies there.
public enum FaultPoint: String, CaseIterable, Sendable {
  /// The input was read, nothing is stored.
  case afterRead = "after_read"
  /// The store was committed, Kafka's offset was not.
  case afterStore = "after_store"
  /// The intent is written, nothing was sent.
  case afterIntent = "after_intent"
  /// It was sent, the result is not written.
  case afterSend = "after_send"

  private static let chosen = ProcessInfo.processInfo.environment["DEALPULSE_FAULT_POINT"]

  /// Ends the process here where the environment says so, as a power cut would.
  public func pass() {
    if Self.chosen == rawValue { kill(getpid(), SIGKILL) }
  }
}
