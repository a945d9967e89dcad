import CLibrdkafka
import Logging

/// librdkafka's mock cluster: it speaks the Kafka protocol on loopback, for demos and tests.
///
/// It holds its data in memory, at most 5 MiB and 100,000 batches in a partition (the oldest go), does not compact, does
/// not isolate transactions and forgets offsets that are committed in one. `@unchecked Sendable`: the mock hands every call
/// over to its own thread.
public final class EmbeddedBroker: @unchecked Sendable {
  /// The limit of a partition, in bytes.
  public static let maximumPartitionBytes = 5 * 1_024 * 1_024
  /// The limit of a partition, in batches.
  public static let maximumPartitionBatches = 100_000

  private let handle: ClientHandle
  private let cluster: OpaquePointer

  /// Starts a cluster of so many brokers on ports of the system's choice.
  public init(brokers: Int = 1, logger: Logger) throws(KafkaError) {
    let callbacks = ClientHandle.Callbacks(logger: logger)
    handle = try ClientHandle(RD_KAFKA_PRODUCER, [("client.id", "embedded-broker")], callbacks)
    guard let cluster = rd_kafka_mock_cluster_new(handle.pointer, Int32(brokers)) else {
      throw .invalid("the embedded broker could not be started: is a loopback interface up?")
    }
    self.cluster = cluster
  }

  deinit { rd_kafka_mock_cluster_destroy(cluster) }

  /// The brokers, `host:port` separated by commas.
  public var bootstrapServers: String { String(cString: rd_kafka_mock_cluster_bootstraps(cluster)) }

  /// Creates a topic. One that is asked for without being created gets four partitions.
  public func createTopic(_ name: String, partitions: Int) throws(KafkaError) {
    try check(rd_kafka_mock_topic_create(cluster, name, Int32(partitions), 1), "create topic \(name)")
  }

  /// Lets the next requests of a kind (Kafka's API key) fail with these errors, one request each.
  public func pushErrors(apiKey: Int16, _ codes: [Int32]) {
    let codes = codes.map { rd_kafka_resp_err_t($0) }
    codes.withUnsafeBufferPointer {
      rd_kafka_mock_push_request_errors_array(cluster, apiKey, $0.count, UnsafeMutablePointer(mutating: $0.baseAddress))
    }
  }

  /// Forgets pushed errors of a kind of request.
  public func clearErrors(apiKey: Int16) { rd_kafka_mock_clear_request_errors(cluster, apiKey) }

  /// Cuts a broker (1...) off.
  public func takeDown(broker: Int32) throws(KafkaError) {
    try check(rd_kafka_mock_broker_set_down(cluster, broker), "take broker \(broker) down")
  }

  /// Brings a broker back.
  public func bringUp(broker: Int32) throws(KafkaError) {
    try check(rd_kafka_mock_broker_set_up(cluster, broker), "bring broker \(broker) up")
  }

  /// Delays every answer of a broker by so many milliseconds.
  public func setRoundTrip(broker: Int32, milliseconds: Int32) throws(KafkaError) {
    try check(rd_kafka_mock_broker_set_rtt(cluster, broker, milliseconds), "set round trip")
  }

  /// Moves a partition to another broker; −1 for none.
  public func setLeader(of partition: TopicPartition, broker: Int32) throws(KafkaError) {
    try check(
      rd_kafka_mock_partition_set_leader(cluster, partition.topic, partition.partition, broker), "set leader")
  }

  /// Moves the coordinator of a group or a transactional id.
  public func setCoordinator(kind: String, key: String, broker: Int32) throws(KafkaError) {
    try check(rd_kafka_mock_coordinator_set(cluster, kind, key, broker), "set coordinator")
  }

  /// Answers for a topic with an error from now on; 0 ends that.
  public func setError(_ code: Int32, topic: String) {
    rd_kafka_mock_topic_set_error(cluster, topic, rd_kafka_resp_err_t(code))
  }

  /// Speaks only these versions of a kind of request; −1 and −1 for none at all.
  public func setVersions(apiKey: Int16, from lowest: Int16, to highest: Int16) throws(KafkaError) {
    try check(rd_kafka_mock_set_apiversion(cluster, apiKey, lowest, highest), "set versions")
  }

  private func check(_ code: rd_kafka_resp_err_t, _ context: String) throws(KafkaError) {
    if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw KafkaError(code, context) }
  }
}
