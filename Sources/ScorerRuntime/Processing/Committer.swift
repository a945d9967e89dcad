import Deals
import Kafka

/// How the outcome of steps becomes durable. Two kinds: pipelined acknowledgements, and transactions.
///
/// All calls come from the processor's thread. A thrown error of class `.abortable` asks the processor to undo to the last
/// commit; anything else ends it.
protocol Committer: AnyObject {
  /// What the records of the current step belong to.
  var group: DeliveryGroup { get }
  /// The group has given this member partitions: from now on it may write. Called with each assignment, before anything else.
  func join() throws(KafkaError)
  /// A task goes on from a position that was restored: its group's offset may lie behind, as the last owner died between
  /// the two.
  func resume(_ partition: TopicPartition, at position: Int64)
  /// Has `deals.state` name this member as the writer of tasks that have begun, before anything else is written for them: who
  /// succeeds it must know whose transaction may be open. Called before each step.
  func sign(_ tasks: [DealTask]) throws(KafkaError)
  /// A step is about to write.
  func beginStep() throws(KafkaError)
  /// A step is over: commits where that is due.
  func endStep(_ tasks: [DealTask]) throws(KafkaError)
  /// Moves on what is under way. Called often, also when nothing comes in.
  func poll(_ tasks: [DealTask]) throws(KafkaError)
  /// Commits everything now and waits for it, at most so many milliseconds in all; without a number for as long as the broker
  /// needs. A retriable error says that it was not done in time: nothing but `abandon` or `discard` may follow it.
  func finish(_ tasks: [DealTask], timeout: Int32?) throws(KafkaError)
  /// Gives up what is not committed; the caller undoes it in memory. Waits as `finish` does.
  func abandon(timeout: Int32?) throws(KafkaError)
  /// Gives up what is not committed without a word to the broker: the producer is closed or purged next.
  func discard()
  /// Whether something is neither committed nor given up.
  var isIdle: Bool { get }
}
