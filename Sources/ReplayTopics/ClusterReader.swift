import DeadLetters
import Deals
import Kafka
import Logging
import Replay
import Topics

/// Reads the three topics of a verification from a cluster, each from its beginning to the end that it has now.
///
/// Only what was committed is read. Scores are read first: whatever they name was written before them.
/// It blocks: use it from a `DedicatedThread`.
public struct ClusterReader: Sendable {
  /// Reading came to nothing for so many milliseconds: the cluster is given up.
  private static let patience = 30_000
  private static let pollTimeout: Int32 = 200

  private let client: ClientConfiguration
  private let topics: TopicNames
  private let logger: Logger

  /// A reader of a cluster's topics.
  public init(client: ClientConfiguration, topics: TopicNames, logger: Logger) {
    self.client = client
    self.topics = topics
    self.logger = logger
  }

  /// `deals.changes` as a history: changes in the order of event time, those of one instant by deal, those of one deal as
  /// they stand in their partition. So the number of partitions does not show.
  ///
  /// Only the changes asked for are kept. They are kept all at once: what is out of order within one partition and in
  /// order within another can be told only when everything is there.
  /// - Parameters:
  ///   - offsets: The offsets to read in each partition; all where it is not given. What lies outside is not fetched.
  ///   - instants: The event times to keep; all where it is not given. A change may come late by any time, so every
  ///     record within the offsets is looked at.
  /// - Returns: The changes, how many records could not be used, and what offsets are missing between those that were read.
  /// - Throws: `KafkaError` or `ClusterReaderError`.
  public func changes(
    offsets: Range<Int64> = 0..<Int64.max,
    instants: ClosedRange<Timestamp> = Timestamp(milliseconds: .min)...Timestamp(milliseconds: .max)
  ) throws -> (changes: [DealChange], unreadable: Int, gaps: OffsetGaps) {
    try changes(in: spans(within: offsets), instants: instants)
  }

  /// The offsets of `deals.changes` that there are now, partition by partition.
  func spans(within offsets: Range<Int64>) throws -> [PartitionSpan] {
    try withConsumer { consumer in try spans(of: topics.changes, consumer, within: offsets) }
  }

  /// The changes at some offsets, as a history.
  func changes(
    in spans: [PartitionSpan], instants: ClosedRange<Timestamp>
  ) throws -> (changes: [DealChange], unreadable: Int, gaps: OffsetGaps) {
    let decoder = ChangeDecoder()
    var found: [(change: DealChange, offset: Int64)] = []
    var unreadable = 0
    var positions: [SourcePosition] = []
    try read(topics.changes, spans) { message, position in
      positions.append(position)
      let change = message.key.withUnsafeBytes { key in
        message.value.withUnsafeBytes { value in
          try? decoder.decode(
            key: message.hasKey ? key : nil, value: message.isTombstone ? nil : value,
            timestamp: message.timestampMilliseconds.map(Timestamp.init(milliseconds:)), source: position, now: nil)
        }
      }
      guard let change else {
        unreadable += 1
        return
      }
      if instants.contains(change.occurredAt) { found.append((change, position.offset)) }
    }
    found.sort { left, right in
      if left.change.occurredAt != right.change.occurredAt { return left.change.occurredAt < right.change.occurredAt }
      if left.change.dealID != right.change.dealID { return left.change.dealID < right.change.dealID }
      return left.offset < right.offset
    }
    return (found.map(\.change), unreadable, OffsetGaps(positions))
  }

  /// The three topics of a verification.
  ///
  /// - Throws: `KafkaError` or `ClusterReaderError`.
  public func read() throws -> TopicRecords {
    var reader = TopicRecordReader()
    try read(topics.risk) { message, position in
      guard !message.isTombstone else { return }
      let key = message.hasKey ? RecordKey.bytes(message.key.withUnsafeBytes { [UInt8]($0) }) : .none
      let ids = message.headers.filter { $0.name == "ce_id" }.map { $0.text ?? "" }
      message.value.withUnsafeBytes { reader.addRisk($0, at: position, key: key, eventIDs: ids) }
    }
    try read(topics.changes) { message, position in
      message.key.withUnsafeBytes { key in
        message.value.withUnsafeBytes { value in
          reader.addChange(
            key: message.hasKey ? key : nil, value: message.isTombstone ? nil : value,
            timestamp: message.timestampMilliseconds.map(Timestamp.init(milliseconds:)), at: position)
        }
      }
    }
    try read(topics.outcomes) { message, position in
      message.value.withUnsafeBytes { value in
        reader.addOutcome(message.isTombstone ? nil : value, at: position.offset)
      }
    }
    // After the changes: what was refused before a score that was read is here by now.
    guard try Admin(client, logger: logger).describe(topic: topics.deadLetter) != nil else { return reader.sorted() }
    try read(topics.deadLetter) { message, _ in
      guard let letter = DeadLetter(message), letter.source.topic == topics.changes else { return }
      reader.addRefusal(of: SourcePosition(partition: letter.source.partition, offset: letter.source.offset))
    }
    return reader.sorted()
  }

  /// Hands out every record of a topic, as far as it reaches now.
  func read(_ topic: String, _ body: (borrowing MessageView, SourcePosition) -> Void) throws {
    try withConsumer { consumer in try read(topic, spans(of: topic, consumer), consumer, body) }
  }

  /// Hands out the records of a topic at some offsets.
  ///
  /// - Throws: `ClusterReaderError.gone` where some of them are not there any more.
  private func read(
    _ topic: String, _ spans: [PartitionSpan], _ body: (borrowing MessageView, SourcePosition) -> Void
  ) throws {
    try withConsumer { consumer in
      for span in spans where span.first < span.end {
        let marks = try consumer.watermarks(TopicPartition(topic, span.partition))
        guard marks.low <= span.first, span.end <= marks.high else { throw ClusterReaderError.gone(topic, span) }
      }
      try read(topic, spans, consumer, body)
    }
  }

  private func withConsumer<Result>(_ body: (Consumer) throws -> Result) throws -> Result {
    var configuration = ConsumerConfiguration(client: client, groupID: "deal-replay-verify")
    configuration.offsetReset = .earliest
    configuration.reportsPartitionEnd = true
    let consumer = try Consumer(configuration, logger: logger)
    defer { consumer.close() }
    return try body(consumer)
  }

  private func spans(
    of topic: String, _ consumer: Consumer, within offsets: Range<Int64> = 0..<Int64.max
  ) throws -> [PartitionSpan] {
    try partitions(of: topic).map { partition in
      let marks = try consumer.watermarks(partition)
      let first = max(marks.low, offsets.lowerBound)
      return PartitionSpan(
        partition: partition.partition, first: first, end: max(first, min(marks.high, offsets.upperBound)))
    }
  }

  private func read(
    _ topic: String, _ spans: [PartitionSpan], _ consumer: Consumer,
    _ body: (borrowing MessageView, SourcePosition) -> Void
  ) throws {
    var (starts, ends): ([TopicPartition: StartOffset], [TopicPartition: Int64]) = ([:], [:])
    for span in spans where span.first < span.end {
      starts[TopicPartition(topic, span.partition)] = .offset(span.first)
      ends[TopicPartition(topic, span.partition)] = span.end
    }
    guard !ends.isEmpty else { return }
    try consumer.assign(starts)
    var silence = 0
    while !ends.isEmpty {
      let count = consumer.withBatch(maxMessages: 10_000, timeout: Self.pollTimeout) { batch in
        batch.forEach { message in
          let position = SourcePosition(partition: message.partition, offset: message.offset)
          let partition = TopicPartition(topic, message.partition)
          guard let end = ends[partition] else { return }
          if message.offset < end { body(message, position) }
          if message.offset + 1 >= end { ends[partition] = nil }
        }
        return batch.count
      }
      // A partition may end with a transaction's marker, which is never handed out.
      for event in consumer.takeEvents() {
        switch event {
        case .reachedEnd(let partition, _): ends[partition] = nil
        case .failed(let error, _): if error.isFatal { throw error }
        }
      }
      silence = count > 0 ? 0 : silence + Int(Self.pollTimeout)
      if silence > Self.patience { throw ClusterReaderError.silent(topic) }
    }
  }

  private func partitions(of topic: String) throws -> [TopicPartition] {
    let admin = try Admin(client, logger: logger)
    guard let description = try admin.describe(topic: topic) else { throw ClusterReaderError.noTopic(topic) }
    return (0..<description.partitions).map { TopicPartition(topic, Int32($0)) }
  }
}

/// Why a topic could not be read.
public enum ClusterReaderError: Error, CustomStringConvertible {
  /// The cluster has no such topic.
  case noTopic(String)
  /// Nothing came any more.
  case silent(String)
  /// What a replay was begun with is no longer kept.
  case gone(String, PartitionSpan)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .noTopic(let topic): "there is no topic \(topic): check --bootstrap-servers and --topic-prefix"
    case .silent(let topic): "nothing of \(topic) came for 30 seconds: check that the brokers are up, and try again"
    case .gone(let topic, let span):
      "\(topic) no longer holds what the replay was begun with (offsets \(span.first) to \(span.end) of partition "
        + "\(span.partition)), so that it can't go on from its checkpoint: remove the checkpoint's files and start again from "
        + "the beginning"
    }
  }
}
