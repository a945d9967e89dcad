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

  /// Queues of partitions that are assigned but not read yet: what had been fetched before a queue began would go to the polls.
  private func queues(of consumer: Consumer) throws -> [PartitionQueue] {
    let starts: [TopicPartition: StartOffset] = [partitions[0]: .beginning, partitions[1]: .beginning]
    try consumer.assign(starts)
    try consumer.pause(partitions)
    try consumer.seek(starts)
    let queues = try partitions.map { try PartitionQueue($0, of: consumer) }
    try consumer.resume(partitions)
    return queues
  }

  @Test("records of two partitions are taken in the order of their time, and polls hand out none of them")
  func byTime() throws {
    try produce(0..<20)
    let consumer = try cluster.consumer()
    defer { consumer.close() }
    let queues = try queues(of: consumer)
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
    var queues = try queues(of: consumer)
    #expect(
      eventually {
        consumer.withBatch(maxMessages: 1, timeout: 10) { _ in }
        return queues.allSatisfy { $0.headTime != nil }
      })
    for queue in queues { queue.takeHead { #expect($0.offset == 0) } }
    queues = []
    #expect(consumer.receive(8).count == 8)
    try consumer.assign([:])
    _ = try self.queues(of: consumer)
    #expect(consumer.receive(10).count == 10)
  }
}
