import Deals
import Kafka
import Logging
import Replay
import Topics

/// Writes the scores of a replay to its topic. The only topic that it has is one that a `ReplayTopicName` names, so no
/// live topic is ever written to. Belongs to one thread, and blocks it.
public final class ReplayTopicSink: ScoreSink {
  /// Milliseconds for which acknowledgements are waited for.
  private static let patience: Int32 = 60_000

  private let producer: Producer
  private let topic: ProducerTopic
  private let headers: RecordHeaders
  private let group = DeliveryGroup()
  private var writer = JSONWriter()
  private let name: ReplayTopicName
  private let reader: ClusterReader
  private let appends: Bool
  /// Scores that stand in the topic already, from before a replay was killed.
  private var written: Set<EventID> = []
  /// Scores that were handed over.
  public private(set) var length: UInt64 = 0

  /// Opens the topic, which is made with one partition where it is not there.
  ///
  /// - Parameter appends: Whether the topic may hold scores of another replay.
  /// - Throws: `KafkaError`, or `ReplayTopicError` where the topic is not there and can't be made.
  public init(_ name: ReplayTopicName, client: ClientConfiguration, appends: Bool = false, logger: Logger) throws {
    self.name = name
    self.appends = appends
    reader = ClusterReader(client: client, topics: TopicNames(), logger: logger)
    let admin = try Admin(client, logger: logger)
    if try admin.describe(topic: name.description) == nil {
      do {
        _ = try admin.create([NewTopic(name.description, partitions: 1)])
      } catch {
        throw ReplayTopicError.notMade(name.description, reason: "\(error)")
      }
    }
    producer = try Producer(ProducerConfiguration(client: client), logger: logger)
    topic = try producer.topic(name.description)
    headers = RecordHeaders(
      MessageType.risk.constantHeaders(source: "/dealpulse/deal-replay").map { MessageHeader($0.name, $0.value) })
  }

  /// Finds out what the topic holds: nothing where a replay begins, unless it is to append; what a replay that goes on wrote
  /// before it was killed is not written again.
  ///
  /// - Throws: `ReplayTopicError.notEmpty`, `KafkaError` or `ClusterReaderError`.
  public func begin(isResumed: Bool) throws {
    if appends { return }
    var held = 0
    try reader.read(name.description) { message, _ in
      held += 1
      guard isResumed, let id = message.headers.last(where: { $0.name == "ce_id" })?.text else { return }
      written.insert(EventID(text: id))
    }
    if !isResumed, held > 0 { throw ReplayTopicError.notEmpty(name.description, scores: held) }
  }

  /// Hands a score over, unless the topic holds it.
  public func append(_ event: RiskEvent) throws {
    if !written.isEmpty, written.remove(event.eventID) != nil {
      length += 1
      return
    }
    let common = headers
    writer.removeAll()
    writer.riskEvent(event)
    try event.dealID.text.utf8.span.bytes.withUnsafeBytes { key throws(KafkaError) in
      try writer.withBytes { json throws(KafkaError) in
        try producer.produce(
          to: topic, partition: nil, key: key, value: json, timestamp: event.occurredAt.milliseconds, common: common,
          headers: [
            MessageHeader("ce_id", event.eventID.description), MessageHeader("ce_time", event.occurredAt.rfc3339),
          ], group: group)
      }
    }
    length += 1
  }

  /// Waits until every score was acknowledged.
  ///
  /// - Throws: `KafkaError` where one was given up.
  public func synchronize() throws {
    try producer.flush(timeout: Self.patience)
    if let failure = group.firstFailure { throw failure }
  }
}

/// Why a replay has no topic to write to.
public enum ReplayTopicError: Error, CustomStringConvertible {
  /// The topic is not there, and the cluster would not make it.
  case notMade(String, reason: String)
  /// The topic holds the scores of another replay.
  case notEmpty(String, scores: Int)

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .notMade(let topic, let reason):
      "the topic \(topic) is not there and could not be made (\(reason)): make it yourself; "
        + "the embedded broker makes it when `topic \(topic) 1` is written to its standard input"
    case .notEmpty(let topic, let scores):
      "the topic \(topic) holds \(scores) scores of another replay: choose another name, delete the topic, or add to it "
        + "with --append"
    }
  }
}
