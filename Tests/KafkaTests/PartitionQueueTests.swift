import Kafka
import Testing

@Suite struct PartitionQueueTests {
  private let cluster: TestCluster
  private let topic: String
  private let partitions: [TopicPartition]

  init() throws {
    cluster = try TestCluster()
    topic = try cluster.topic("q", partitions: 2)
    let name = topic
    partitions = (0..<2).map { TopicPartition(name, $0) }
  }

  /// Records whose times alternate between the partitions.
  private func produce(_ range: Range<Int64>) throws {
    let producer = try cluster.producer()
    defer { producer.close() }
    let topic = try producer.topic(topic)
    let group = DeliveryGroup()
    for time in range {
      try "\(time)".utf8.span.bytes.withUnsafeBytes { value in
        try producer.produce(
          to: topic, partition: Int32(time % 2), key: nil, value: value, timestamp: 1_000 + time, group: group)
      }
    }
    try producer.flush(timeout: 10_000)
  }

  private func assign(_ consumer: Consumer) throws {
    try consumer.assign([partitions[0]: .beginning, partitions[1]: .beginning])
  }

  @Test("records of two partitions are taken in the order of their time, and polls hand out none of them")
  func byTime() throws {
    try produce(0..<20)
    let consumer = try cluster.consumer()
    defer { consumer.close() }
    try assign(consumer)
    let queues = try partitions.map { try PartitionQueue($0, of: consumer) }
    var times: [Int64] = []
    var polled = 0
    #expect(
      eventually {
        consumer.withBatch(maxMessages: 10, timeout: 10) { polled += $0.count }
        while let first = queues[0].headTime, let second = queues[1].headTime {
          queues[first <= second ? 0 : 1].takeHead { times.append($0.timestampMilliseconds ?? 0) }
        }
        return times.count == 19
      })
    #expect(times == (1_000..<1_019).map(Int64.init))
    #expect(polled == 0)
  }

  @Test("when a queue ends, polls hand out what comes, and a queue for a moment gives a new assignment to the polls")
  func handedBack() throws {
    try produce(0..<10)
    let consumer = try cluster.consumer()
    defer { consumer.close() }
    try assign(consumer)
    var queues = try partitions.map { try PartitionQueue($0, of: consumer) }
    #expect(
      eventually {
        consumer.withBatch(maxMessages: 1, timeout: 10) { _ in }
        return queues.allSatisfy { $0.headTime != nil }
      })
    for queue in queues { queue.takeHead { #expect($0.offset == 0) } }
    queues = []
    #expect(consumer.receive(8).count == 8)
    try consumer.assign([:])
    try assign(consumer)
    for partition in partitions { _ = try PartitionQueue(partition, of: consumer) }
    #expect(consumer.receive(10).count == 10)
  }
}
