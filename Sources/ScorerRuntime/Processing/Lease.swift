import Kafka

/// For how long a thread may hold itself for the owner of its partitions without having asked its group.
///
/// A process that was stopped and goes on, or a machine that slept, still believes in what it owned; its partitions have an
/// heir by then. A transaction is refused by the broker; without transactions the thread itself must look at the clock
/// before it writes. Not Sendable: belongs to one thread.
final class Lease {
  private let length: Duration
  private var renewed = ContinuousClock.now

  /// A lease of the group's session time-out.
  init(sessionTimeout milliseconds: Int) { length = .milliseconds(milliseconds) }

  /// The thread asked its group at that instant; from before the question, as it may have been stopped while it waited.
  func renew(asOf instant: ContinuousClock.Instant) { renewed = instant }

  /// - Throws: An abortable `KafkaError` where the lease has run out.
  func check() throws(KafkaError) {
    let silence = ContinuousClock.now - renewed
    guard silence > length else { return }
    throw KafkaError.abort(
      "this instance did not ask its group for \(Int(silence / .seconds(1))) s: its partitions may have another owner")
  }
}
