import Deals
import Kafka

/// Why a scorer had to end. The text says what to do.
public enum ScorerError: Error, Sendable {
  /// Kafka refused something for good.
  case kafka(KafkaError)
  /// A topic is not as it must be.
  case topic(String)
  /// deals.changes has more partitions than when the scorer started: this is one of the new ones.
  case partitionsChanged(Int32, from: Int)
  /// The state of a partition was made when deals.changes had another number of partitions.
  case stateOfOtherPartitions(Int32, known: Int, now: Int)
  /// A record of our own can't be read.
  case unreadable(topic: String, partition: Int32, offset: Int64, DecodeFailure)
  /// Changes were deleted before they were processed.
  case changesLost(partition: Int32, position: Int64, oldest: Int64)
  /// deals.changes ends before the position that its state was made from: it is not the topic that it was.
  case changesReplaced(partition: Int32, position: Int64, end: Int64)

  /// The exit status of the program: a supervisor can tell a mistake in the set-up (2) from trouble with Kafka (3) and
  /// with the state (4).
  public var exitStatus: Int32 {
    switch self {
    case .topic, .partitionsChanged, .stateOfOtherPartitions: 2
    case .kafka: 3
    case .unreadable, .changesLost, .changesReplaced: 4
    }
  }
}

extension ScorerError: CustomStringConvertible {
  /// What happened and what to do.
  public var description: String {
    switch self {
    case .kafka(let error): "\(error)"
    case .topic(let text): text
    case .partitionsChanged(let partition, let known):
      "deals.changes had \(known) partitions when this scorer started, and now has partition \(partition): "
        + Self.otherPartitions
    case .stateOfOtherPartitions(let partition, let known, let now):
      "the state of partition \(partition) was made when deals.changes had \(known) partitions, and now it has \(now): "
        + Self.otherPartitions
    case .unreadable(let topic, let partition, let offset, let failure):
      "\(topic) partition \(partition) offset \(offset) can't be read: \(failure)"
    case .changesLost(let partition, let position, let oldest):
      "partition \(partition) of deals.changes was processed up to offset \(position), but its oldest record is "
        + "\(oldest): records in between were deleted unread. Restore the topic, or delete deals.state's records of "
        + "this partition to start over from what is left."
    case .changesReplaced(let partition, let position, let end):
      "partition \(partition) of deals.changes was processed up to offset \(position), but it ends at \(end): it was cut "
        + "or made anew, and deals.state and deals.outcomes are of the old one. Restore it, or make new topics with another "
        + "prefix, send the changes there, and start the scorer on them."
    }
  }

  private static var otherPartitions: String {
    "with another number of partitions deals move to other ones, away from their state. Make new topics with another prefix, "
      + "send the changes there again, and start the scorer on them."
  }
}
