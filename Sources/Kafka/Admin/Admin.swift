import CLibrdkafka
import Logging

/// What a cluster says of a topic.
public struct TopicDescription: Hashable, Sendable {
  /// The topic.
  public var name: String
  /// Its partitions' leaders, by partition; −1 where there is none.
  public var leaders: [Int32]
  /// Copies of each partition.
  public var replication: Int

  /// How many partitions it has.
  public var partitions: Int { leaders.count }
}

/// A topic to be made.
public struct NewTopic: Hashable, Sendable {
  /// The topic.
  public var name: String
  /// Its partitions.
  public var partitions: Int
  /// Copies of each partition; nil for the broker's default.
  public var replication: Int?
  /// Settings such as `cleanup.policy`.
  public var configuration: [String: String]

  /// A topic to be made.
  public init(_ name: String, partitions: Int, replication: Int? = nil, configuration: [String: String] = [:]) {
    self.name = name
    self.partitions = partitions
    self.replication = replication
    self.configuration = configuration
  }
}

/// What a cluster says of itself.
public struct ClusterDescription: Hashable, Sendable {
  /// Its brokers, `host:port`.
  public var brokers: [String]
  /// Its topics by name. Empty where only the brokers were asked for.
  public var topics: [String: TopicDescription]
}

/// Looks at a cluster and makes topics. Blocks; use it from a `DedicatedThread`. Its calls may come from any thread.
///
/// It rides on a producer's connection: a client of its own would be one more to close.
public final class Admin: Sendable {
  let handle: ClientHandle

  /// Opens a connection.
  public init(_ configuration: ClientConfiguration, logger: Logger) throws(KafkaError) {
    var producer = ProducerConfiguration(client: configuration)
    producer.queueMaxMessages = 1_000
    handle = try ClientHandle(
      RD_KAFKA_PRODUCER, producer.properties, ClientHandle.Callbacks(logger: logger))
  }

  /// Asks over the connections of a consumer, which are there already.
  public init(of consumer: Consumer) { handle = consumer.handle }

  /// The brokers and all topics.
  ///
  /// - Throws: A retriable `KafkaError` where no broker answers within `timeout` milliseconds.
  public func describeCluster(timeout: Int32 = 5_000) throws(KafkaError) -> ClusterDescription {
    var metadata: UnsafePointer<rd_kafka_metadata>?
    rd_kafka_poll(handle.pointer, 0)
    try check(rd_kafka_metadata(handle.pointer, 1, nil, &metadata, timeout), "describe cluster")
    guard let metadata else { throw .invalid("describe cluster: no answer") }
    defer { rd_kafka_metadata_destroy(metadata) }
    return Self.description(of: metadata.pointee)
  }

  /// The cluster's own name for itself; nil where the broker does not say.
  public func clusterID(timeout: Int32 = 5_000) -> String? {
    guard let text = rd_kafka_clusterid(handle.pointer, timeout) else { return nil }
    defer { rd_kafka_mem_free(handle.pointer, text) }
    return String(cString: text)
  }

  /// Whether the cluster is an embedded broker, which does not isolate transactions.
  public func isEmbedded(timeout: Int32 = 5_000) -> Bool {
    clusterID(timeout: timeout)?.hasPrefix("mockCluster") ?? false
  }

  /// One topic; nil where it does not exist. On the embedded broker asking for a topic makes it.
  public func describe(topic: String, timeout: Int32 = 5_000) throws(KafkaError) -> TopicDescription? {
    let cluster = try describeCluster(timeout: timeout)
    return cluster.topics[topic]
  }

  /// Makes topics; those that exist are left as they are. Returns the names of the new ones.
  public func create(_ topics: [NewTopic], timeout: Int32 = 30_000) throws(KafkaError) -> [String] {
    guard !topics.isEmpty else { return [] }
    var natives: [OpaquePointer?] = []
    defer { for native in natives { rd_kafka_NewTopic_destroy(native) } }
    for topic in topics { natives.append(try Self.native(topic)) }
    let event = try request(RD_KAFKA_ADMIN_OP_CREATETOPICS, timeout, "create topics") { options, queue in
      rd_kafka_CreateTopics(handle.pointer, &natives, natives.count, options, queue)
    }
    defer { rd_kafka_event_destroy(event) }
    guard let result = rd_kafka_event_CreateTopics_result(event) else { return [] }
    var count = 0
    let results = rd_kafka_CreateTopics_result_topics(result, &count)
    return try Self.outcomes(results, count, ignoring: RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, "create topic")
  }

  /// Adds partitions to a topic, up to a total. The keys of its records then meet other partitions than before.
  public func createPartitions(of topic: String, total: Int, timeout: Int32 = 30_000) throws(KafkaError) {
    var buffer = [CChar](repeating: 0, count: 512)
    var native = rd_kafka_NewPartitions_new(topic, total, &buffer, buffer.count)
    guard native != nil else { throw .invalid("create partitions of \(topic): the total is out of range") }
    defer { rd_kafka_NewPartitions_destroy(native) }
    let event = try request(RD_KAFKA_ADMIN_OP_CREATEPARTITIONS, timeout, "create partitions") { options, queue in
      rd_kafka_CreatePartitions(handle.pointer, &native, 1, options, queue)
    }
    defer { rd_kafka_event_destroy(event) }
    guard let result = rd_kafka_event_CreatePartitions_result(event) else { return }
    var count = 0
    let results = rd_kafka_CreatePartitions_result_topics(result, &count)
    _ = try Self.outcomes(results, count, ignoring: RD_KAFKA_RESP_ERR_NO_ERROR, "create partitions")
  }

  /// A topic's settings as the broker has them.
  public func configuration(of topic: String, timeout: Int32 = 30_000) throws(KafkaError) -> [String: String] {
    var native = rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic)
    defer { rd_kafka_ConfigResource_destroy(native) }
    let event = try request(RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, timeout, "describe settings") { options, queue in
      rd_kafka_DescribeConfigs(handle.pointer, &native, 1, options, queue)
    }
    defer { rd_kafka_event_destroy(event) }
    var settings: [String: String] = [:]
    guard let result = rd_kafka_event_DescribeConfigs_result(event) else { return settings }
    var resources = 0
    guard let resource = rd_kafka_DescribeConfigs_result_resources(result, &resources), resources > 0 else {
      return settings
    }
    try check(rd_kafka_ConfigResource_error(resource[0]), "settings of \(topic)")
    var count = 0
    let entries = rd_kafka_ConfigResource_configs(resource[0], &count)
    for index in 0..<count {
      guard let name = rd_kafka_ConfigEntry_name(entries?[index]) else { continue }
      settings[String(cString: name)] = rd_kafka_ConfigEntry_value(entries?[index]).map { String(cString: $0) } ?? ""
    }
    return settings
  }

  func request(
    _ operation: rd_kafka_admin_op_t, _ timeout: Int32, _ context: String,
    _ send: (OpaquePointer?, OpaquePointer?) -> Void
  ) throws(KafkaError) -> OpaquePointer {
    let queue = rd_kafka_queue_new(handle.pointer)
    defer { rd_kafka_queue_destroy(queue) }
    let options = rd_kafka_AdminOptions_new(handle.pointer, operation)
    defer { rd_kafka_AdminOptions_destroy(options) }
    var buffer = [CChar](repeating: 0, count: 512)
    rd_kafka_AdminOptions_set_request_timeout(options, timeout, &buffer, buffer.count)
    send(options, queue)
    guard let event = rd_kafka_queue_poll(queue, timeout + 5_000) else {
      throw KafkaError(RD_KAFKA_RESP_ERR__TIMED_OUT, context)
    }
    let code = rd_kafka_event_error(event)
    if code != RD_KAFKA_RESP_ERR_NO_ERROR {
      rd_kafka_event_destroy(event)
      throw KafkaError(code, context)
    }
    return event
  }

  private static func native(_ topic: NewTopic) throws(KafkaError) -> OpaquePointer {
    var buffer = [CChar](repeating: 0, count: 512)
    let native = rd_kafka_NewTopic_new(
      topic.name, Int32(topic.partitions), Int32(topic.replication ?? -1), &buffer, buffer.count)
    guard let native else {
      let text = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      throw .invalid("topic \(topic.name): \(text)")
    }
    for (name, value) in topic.configuration.sorted(by: { $0.key < $1.key }) {
      rd_kafka_NewTopic_set_config(native, name, value)
    }
    return native
  }

  private static func outcomes(
    _ results: UnsafeMutablePointer<OpaquePointer?>?, _ count: Int, ignoring: rd_kafka_resp_err_t, _ context: String
  ) throws(KafkaError) -> [String] {
    var names: [String] = []
    for index in 0..<count {
      let code = rd_kafka_topic_result_error(results?[index])
      let name = rd_kafka_topic_result_name(results?[index]).map { String(cString: $0) } ?? ""
      if code == RD_KAFKA_RESP_ERR_NO_ERROR {
        names.append(name)
      } else if code != ignoring {
        throw KafkaError(code, "\(context) \(name)")
      }
    }
    return names
  }

  private static func description(of metadata: rd_kafka_metadata) -> ClusterDescription {
    let brokers = (0..<Int(metadata.broker_cnt)).map {
      "\(String(cString: metadata.brokers[$0].host)):\(metadata.brokers[$0].port)"
    }
    var topics: [String: TopicDescription] = [:]
    for index in 0..<Int(metadata.topic_cnt) {
      let topic = metadata.topics[index]
      guard topic.err == RD_KAFKA_RESP_ERR_NO_ERROR else { continue }
      let name = String(cString: topic.topic)
      let partitions = (0..<Int(topic.partition_cnt)).map { topic.partitions[$0] }.sorted { $0.id < $1.id }
      topics[name] = TopicDescription(
        name: name, leaders: partitions.map(\.leader), replication: Int(partitions.first?.replica_cnt ?? 0))
    }
    return ClusterDescription(brokers: brokers, topics: topics)
  }

  private func check(_ code: rd_kafka_resp_err_t, _ context: String) throws(KafkaError) {
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, context) }
  }
}
