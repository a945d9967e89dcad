import Foundation

/// What a client says of itself every `statisticsInterval`: the part of librdkafka's statistics (its STATISTICS.md) that an
/// operator acts on.
public struct ClientStatistics: Hashable, Sendable {
  /// A broker as this client sees it.
  public struct Broker: Hashable, Sendable {
    /// `host:port`.
    public var name: String
    /// `UP`, `DOWN`, `CONNECT` and so on.
    public var state: String
    /// The mean round trip of the interval in microseconds, nil where there was none.
    public var meanRoundTripMicroseconds: Int64?
    /// The 99th percentile of the round trips in microseconds, nil where there was none.
    public var slowRoundTripMicroseconds: Int64?
    /// Requests that wait to be sent or answered.
    public var requestsUnderWay: Int
    /// Requests that were given up since the start.
    public var requestTimeouts: Int
  }

  /// A partition as this client sees it.
  public struct Partition: Hashable, Sendable {
    /// The partition.
    public var partition: TopicPartition
    /// Whether this client reads it.
    public var isAssigned: Bool
    /// The offset after the last record handed out, nil before the first.
    public var position: Int64?
    /// The group's committed offset as this consumer knows it. A producer's transaction does not update it.
    public var committed: Int64?
    /// The offset up to which records may be read: after the last stable record where known, else after the last.
    public var end: Int64?
    /// Records that are fetched and wait to be polled.
    public var fetchedRecords: Int
    /// Bytes that are fetched and wait to be polled.
    public var fetchedBytes: Int

    /// Records still to be read, counted from the position, or from the committed offset before the first record. nil
    /// where neither or no end is known. A count of offsets, so too high where compaction or aborts left gaps.
    public var lag: Int64? {
      guard let end, let start = position ?? committed else { return nil }
      return max(0, end - start)
    }
  }

  /// The client's name with its number in the process, such as `scorer#consumer-1`.
  public var name: String
  /// The client's own name.
  public var clientID: String
  /// Records that wait to be sent or acknowledged.
  public var queuedRecords: Int
  /// Bytes that wait to be sent or acknowledged.
  public var queuedBytes: Int
  /// Events that wait to be polled.
  public var queuedEvents: Int
  /// The brokers that it knows by address, by name.
  public var brokers: [Broker]
  /// The partitions that it knows, by topic and number.
  public var partitions: [Partition]

  /// Reads librdkafka's statistics.
  ///
  /// - Throws: A permanent `KafkaError` where the text is not what librdkafka writes.
  public init(json: String) throws(KafkaError) {
    do {
      self.init(try JSONDecoder().decode(StatisticsDocument.self, from: Data(json.utf8)))
    } catch {
      throw .invalid("statistics of librdkafka can't be read: \(error)")
    }
  }

  private init(_ document: StatisticsDocument) {
    name = document.name
    clientID = document.client_id
    queuedRecords = document.msg_cnt
    queuedBytes = document.msg_size
    queuedEvents = document.replyq
    // Negative node ids are the bootstrap addresses, which become ordinary brokers once one has answered.
    brokers = document.brokers.values.filter { $0.nodeid >= 0 }.map(Broker.init).sorted { $0.name < $1.name }
    partitions = document.topics.values.flatMap { topic in
      // Partition −1 is where records wait whose partition is not chosen yet.
      topic.partitions.values.filter { $0.partition >= 0 }.map { Partition(topic.topic, $0) }
    }.sorted { ($0.partition.topic, $0.partition.partition) < ($1.partition.topic, $1.partition.partition) }
  }
}

extension ClientStatistics.Broker {
  fileprivate init(_ broker: StatisticsDocument.Broker) {
    name = broker.nodename
    state = broker.state
    let answered = broker.rtt.cnt > 0
    meanRoundTripMicroseconds = answered ? broker.rtt.avg : nil
    slowRoundTripMicroseconds = answered ? broker.rtt.p99 : nil
    requestsUnderWay = broker.outbuf_cnt + broker.waitresp_cnt
    requestTimeouts = broker.req_timeouts
  }
}

extension ClientStatistics.Partition {
  fileprivate init(_ topic: String, _ document: StatisticsDocument.Partition) {
    /// Negative offsets are librdkafka's words for "unknown".
    func known(_ offset: Int64) -> Int64? { offset >= 0 ? offset : nil }
    partition = TopicPartition(topic, document.partition)
    isAssigned = document.fetch_state == "active"
    position = known(document.app_offset)
    committed = known(document.committed_offset)
    end = known(document.ls_offset) ?? known(document.hi_offset)
    fetchedRecords = document.fetchq_cnt
    fetchedBytes = document.fetchq_size
  }
}
