import Kafka

/// The transactions of a producer, one after the other. Belongs to one thread.
///
/// A call whose error is retriable is made again for as long as nobody wants the end: librdkafka goes on where it was.
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
    try retrying { () throws(KafkaError) in try producer.initTransactions(timeout: 1_000) }
    hasJoined = true
  }

  func begin() throws(KafkaError) {
    try producer.beginTransaction()
    isOpen = true
  }

  /// Commits what was produced, and the next offsets to be read as those of a group's member.
  func commit(_ offsets: [TopicPartition: Int64], of member: Consumer, timeout: Int32) throws(KafkaError) {
    if !offsets.isEmpty {
      // Fresh each time: a member of an older generation must be refused.
      guard let metadata = member.groupMetadata() else {
        throw KafkaError.abort("this member has no place in its group")
      }
      try retrying { () throws(KafkaError) in try producer.send(offsets: offsets, as: metadata, timeout: timeout) }
    }
    try retrying { () throws(KafkaError) in try producer.commitTransaction(timeout: timeout) }
    isOpen = false
  }

  /// Gives up what is open, if anything. An abort that is refused is begun anew: nothing else can be done with it.
  func abort() throws(KafkaError) {
    while isOpen {
      do throws(KafkaError) {
        try producer.abortTransaction()
        isOpen = false
      } catch {
        guard error.isRetriable || error.requiresAbort, !isStopped() else { throw error }
        DedicatedThread.pause(milliseconds: Self.pauseAfterRefusal)
      }
    }
  }

  private func retrying(_ call: () throws(KafkaError) -> Void) throws(KafkaError) {
    while true {
      do throws(KafkaError) {
        return try call()
      } catch {
        guard error.isRetriable, !isStopped() else { throw error }
      }
    }
  }
}
