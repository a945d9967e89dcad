import CLibrdkafka

extension KafkaError {
  /// Whether librdkafka knows no leader of a partition. While one is elected it says that the partition is unknown.
  public var isWithoutLeader: Bool {
    [RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE].contains { $0.rawValue == code }
  }
}
