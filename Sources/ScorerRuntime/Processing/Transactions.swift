import Kafka

/// The transactions of a producer, one after the other. Belongs to one thread.
///
/// A call whose error is retriable is made again until its deadline, and without one for as long as nobody wants the end:
/// librdkafka goes on where it was.
final class Transactions {
  /// Milliseconds between two attempts to abort where the broker refuses it.
  private static let pauseAfterRefusal: UInt32 = 100

  private let producer: Producer
  private let isStopped: @Sendable () -> Bool
  private var hasJoined = false
  /// Whether one was begun and has not ended. To abort where there is none is an error that nothing comes back from.
  private(set) var isOpen = false

  init(of producer: Producer, isStopped: @escaping @Sendable () -> Bool) {
    self.producer = producer
    self.isStopped = isStopped
  }

  /// Takes the transactional id into use, which ends what is open under it. A second call does nothing.
  func join() throws(KafkaError) {
    guard !hasJoined else { return }
    try retrying(until: nil) { _ throws(KafkaError) in try producer.initTransactions(timeout: 1_000) }
    hasJoined = true
  }

  func begin() throws(KafkaError) {
    try producer.beginTransaction()
    isOpen = true
  }

  /// Commits what was produced, and the next offsets to be read as those of a group's member: within so many milliseconds.
  func commit(_ offsets: [TopicPartition: Int64], of member: Consumer, timeout: Int32? = nil) throws(KafkaError) {
    let deadline = Self.deadline(timeout)
    if !offsets.isEmpty {
      // Fresh each time: a member of an older generation must be refused.
      guard let metadata = member.groupMetadata() else {
        throw KafkaError.abort("this member has no place in its group")
      }
      try retrying(until: deadline) { timeout throws(KafkaError) in
        try producer.send(offsets: offsets, as: metadata, timeout: timeout)
      }
    }
    try retrying(until: deadline) { timeout throws(KafkaError) in try producer.commitTransaction(timeout: timeout) }
    isOpen = false
  }

  /// Gives up what is open, if anything, within so many milliseconds. An abort that is refused is begun anew: nothing else
  /// can be done with it.
  func abort(timeout: Int32? = nil) throws(KafkaError) {
    let deadline = Self.deadline(timeout)
    while isOpen {
      do throws(KafkaError) {
        try producer.abortTransaction(timeout: Self.milliseconds(until: deadline))
        isOpen = false
      } catch {
        guard error.isRetriable || error.requiresAbort, !isOver(deadline) else { throw error }
        DedicatedThread.pause(milliseconds: Self.pauseAfterRefusal)
      }
    }
  }

  /// Forgets what is open: the producer is closed next.
  func discard() { isOpen = false }

  private func retrying(
    until deadline: ContinuousClock.Instant?, _ call: (Int32) throws(KafkaError) -> Void
  ) throws(KafkaError) {
    while true {
      do throws(KafkaError) {
        return try call(Self.milliseconds(until: deadline))
      } catch {
        guard error.isRetriable, !isOver(deadline) else { throw error }
      }
    }
  }

  private func isOver(_ deadline: ContinuousClock.Instant?) -> Bool {
    deadline.map { ContinuousClock.now >= $0 } ?? isStopped()
  }

  private static func deadline(_ timeout: Int32?) -> ContinuousClock.Instant? {
    timeout.map { .now + .milliseconds(Int($0)) }
  }

  /// What a call is given to wait: half a minute at most.
  private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
    guard let deadline else { return 30_000 }
    return Int32(min(max((deadline - .now) / .milliseconds(1), 1), 30_000))
  }
}
