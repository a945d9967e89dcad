import Synchronization

/// Whether a program can do its work: all of its named conditions hold. Safe from any thread.
public final class Readiness: Sendable {
  /// Why a condition does not hold, nil where it does. Called by the HTTP server's threads: it must not block.
  public typealias Condition = @Sendable () -> String?

  private let conditions = Mutex<[String: Condition]>([:])

  /// No conditions: ready.
  public init() {}

  /// Adds a condition, or replaces the one of this name.
  public func require(_ name: String, _ condition: @escaping Condition) {
    conditions.withLock { $0[name] = condition }
  }

  /// Takes a condition away.
  public func drop(_ name: String) {
    conditions.withLock { _ = $0.removeValue(forKey: name) }
  }

  /// The conditions that do not hold, by name, with their reasons; empty where the program is ready.
  public var reasons: [(name: String, reason: String)] {
    // Asked outside of the lock: a condition may take one of its own.
    let conditions = conditions.withLock { $0 }
    return conditions.sorted { $0.key < $1.key }.compactMap { name, condition in condition().map { (name, $0) } }
  }
}
