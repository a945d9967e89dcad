import CLibrdkafka

extension KafkaError {
  /// Whether librdkafka knows no leader of a partition. While one is elected it says that the partition is unknown.
  public var isWithoutLeader: Bool {
    [RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE].contains { $0.rawValue == code }
  }

  /// Whether a partition holds no record of the offset that is to be read next: it was deleted, or never written. Where
  /// `offsetReset` is `.error`, librdkafka reads no more of the partition.
  public var isOutOfRange: Bool {
    [RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE].contains { $0.rawValue == code }
  }
}
