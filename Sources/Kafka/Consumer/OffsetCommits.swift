import CLibrdkafka

/// Commits a group's offsets without waiting for the broker, and commits again what it refused or never answered to.
///
/// For offsets that only say how far a group has come, where the truth lies elsewhere: without this one lost commit would
/// show as lag until the next record comes. Belongs to the consumer's thread.
public final class OffsetCommits {
  /// What a broker that refuses is spared.
  private static let pauseAfterFailure = Duration.seconds(1)

  private let handle: ClientHandle
  private let answers: OpaquePointer
  private let interval: Duration
  private var pause: Duration
  /// What is to be committed next.
  private var waiting: [TopicPartition: Int64] = [:]
  /// What the broker has not answered to yet; nil where nothing was asked.
  private var underWay: [TopicPartition: Int64]?
  private var sent: ContinuousClock.Instant?

  /// - Parameters:
  ///   - consumer: The member of the group. It must not be closed while commits are polled.
  ///   - interval: The least time between two commits; after a failure it is a second at least.
  public init(_ consumer: Consumer, interval: Duration) {
    handle = consumer.handle
    answers = rd_kafka_queue_new(handle.pointer)
    self.interval = interval
    pause = interval
  }

  deinit { rd_kafka_queue_destroy(answers) }

  /// Remembers the next offsets to be read, to be committed by the next `poll()` whose time has come.
  public func note(_ offsets: [TopicPartition: Int64]) { waiting.merge(offsets) { $1 } }

  /// Takes the broker's answer, and commits what waits where the interval is over and no answer is awaited.
  ///
  /// - Returns: Why the last commit failed; it is made again. Nil where none did.
  @discardableResult
  public func poll() -> KafkaError? {
    let failure = takeAnswer()
    guard underWay == nil, !waiting.isEmpty else { return failure }
    let now = ContinuousClock.now
    if let sent, now - sent < pause { return failure }
    sent = now
    let list = PartitionList(waiting)
    let code = rd_kafka_commit_queue(handle.pointer, list.pointer, answers, nil, nil)
    guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { return KafkaError(code, "commit") }
    underWay = waiting
    waiting = [:]
    return failure
  }

  /// Forgets partitions that went to another member, or all of them: nothing of theirs is committed again.
  public func forget(_ partitions: [TopicPartition]? = nil) {
    guard let partitions else {
      waiting = [:]
      if underWay != nil { underWay = [:] }
      return
    }
    for partition in partitions {
      waiting[partition] = nil
      underWay?[partition] = nil
    }
  }

  /// What was noted and is not known to be committed.
  public var uncommitted: [TopicPartition: Int64] { (underWay ?? [:]).merging(waiting) { $1 } }

  private func takeAnswer() -> KafkaError? {
    guard let asked = underWay, let answer = rd_kafka_queue_poll(answers, 0) else { return nil }
    defer { rd_kafka_event_destroy(answer) }
    underWay = nil
    pause = interval
    let code = rd_kafka_event_error(answer)
    guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
    waiting = asked.merging(waiting) { $1 }
    pause = max(interval, Self.pauseAfterFailure)
    return KafkaError(code, "commit")
  }
}
