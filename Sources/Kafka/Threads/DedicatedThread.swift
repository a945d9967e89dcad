import Foundation
import Synchronization

/// A thread of its own for calls that block: they must not stand on Swift's few cooperative threads.
public final class DedicatedThread: Sendable {
  private let ended = EndSignal()

  /// Starts a thread that runs `body` to its end.
  public init(name: String, _ body: @escaping @Sendable () -> Void) {
    let ended = ended
    let thread = Thread {
      body()
      ended.set()
    }
    thread.name = name
    thread.stackSize = 4 << 20
    thread.start()
  }

  /// Waits for the end; blocks, so not from a task.
  public func join() { ended.wait() }

  /// Runs blocking work on a thread of its own and gives its result to a task.
  public static func run<Success: Sendable>(
    name: String, _ body: @escaping @Sendable () throws -> Success
  ) async throws -> Success {
    try await withCheckedThrowingContinuation { continuation in
      _ = DedicatedThread(name: name) { continuation.resume(with: Result(catching: body)) }
    }
  }

  /// Stands still for a moment; only for threads of our own.
  public static func pause(milliseconds: UInt32) { usleep(milliseconds * 1_000) }
}

/// A condition that comes true once.
///
/// `@unchecked Sendable`: the flag is only touched with the lock of the condition held.
private final class EndSignal: @unchecked Sendable {
  private let condition = NSCondition()
  private var isSet = false

  func set() {
    condition.lock()
    isSet = true
    condition.broadcast()
    condition.unlock()
  }

  func wait() {
    condition.lock()
    while !isSet { condition.wait() }
    condition.unlock()
  }
}
