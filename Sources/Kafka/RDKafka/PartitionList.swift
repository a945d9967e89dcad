import CLibrdkafka

/// A partition of a topic.
public struct TopicPartition: Hashable, Sendable {
  /// The topic.
  public var topic: String
  /// The partition.
  public var partition: Int32

  /// A partition of a topic.
  public init(_ topic: String, _ partition: Int32) {
    self.topic = topic
    self.partition = partition
  }
}

/// Where to read from in a partition.
public enum StartOffset: Hashable, Sendable {
  /// The oldest record.
  case beginning
  /// After the newest record.
  case end
  /// The group's committed offset, or the reset policy.
  case stored
  /// That offset.
  case offset(Int64)

  var rawValue: Int64 {
    switch self {
    case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
    case .end: Int64(RD_KAFKA_OFFSET_END)
    case .stored: Int64(RD_KAFKA_OFFSET_INVALID)
    case .offset(let offset): offset
    }
  }
}

/// librdkafka's list of partitions, for the length of a call.
struct PartitionList: ~Copyable {
  let pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

  init(_ partitions: some Collection<TopicPartition>) {
    pointer = rd_kafka_topic_partition_list_new(Int32(partitions.count))
    for partition in partitions {
      rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition)
    }
  }

  init(_ offsets: [TopicPartition: Int64]) {
    pointer = rd_kafka_topic_partition_list_new(Int32(offsets.count))
    for (partition, offset) in offsets {
      rd_kafka_topic_partition_list_add(pointer, partition.topic, partition.partition).pointee.offset = offset
    }
  }

  init(consuming pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) { self.pointer = pointer }

  deinit { rd_kafka_topic_partition_list_destroy(pointer) }

  var partitions: [TopicPartition] { Self.partitions(of: pointer) }

  /// The offsets of the partitions that have one.
  var offsets: [TopicPartition: Int64] {
    var offsets: [TopicPartition: Int64] = [:]
    for index in 0..<Int(pointer.pointee.cnt) {
      let element = pointer.pointee.elems[index]
      guard element.offset >= 0 else { continue }
      offsets[TopicPartition(String(cString: element.topic), element.partition)] = element.offset
    }
    return offsets
  }

  /// The first error among the partitions.
  func firstError(_ context: String) -> KafkaError? {
    for index in 0..<Int(pointer.pointee.cnt) where pointer.pointee.elems[index].err.rawValue != 0 {
      return KafkaError(pointer.pointee.elems[index].err, context)
    }
    return nil
  }

  static func partitions(of pointer: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) -> [TopicPartition] {
    (0..<Int(pointer.pointee.cnt)).map {
      TopicPartition(String(cString: pointer.pointee.elems[$0].topic), pointer.pointee.elems[$0].partition)
    }
  }
}
