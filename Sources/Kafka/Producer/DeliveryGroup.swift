import Synchronization

/// Records that are to be known as delivered together: how many are still under way, and whether one failed.
public final class DeliveryGroup: Sendable {
  private let underWay = Atomic<Int>(0)
  private let failure = Mutex<KafkaError?>(nil)

  /// A group without records.
  public init() {}

  /// Records that were neither acknowledged nor given up yet.
  public var outstanding: Int { underWay.load(ordering: .acquiring) }

  /// Whether every record so far was acknowledged or given up.
  public var isComplete: Bool { outstanding == 0 }

  /// Why the first record that was given up was.
  public var firstFailure: KafkaError? { failure.withLock { $0 } }

  func begin() { underWay.add(1, ordering: .relaxed) }

  func end(_ error: KafkaError?) {
    if let error { failure.withLock { $0 = $0 ?? error } }
    underWay.subtract(1, ordering: .releasing)
  }
}
