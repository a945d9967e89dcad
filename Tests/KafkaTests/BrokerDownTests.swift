import Kafka
import Testing

@Suite(.serialized) struct BrokerDownTests {
  @Test("what is produced while the broker is away is delivered, in order, when it is back")
  func produceWhileAway() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("down", partitions: 1)
    let producer = try cluster.producer { $0.client.extra["reconnect.backoff.max.ms"] = "200" }
    let topic = try producer.topic(name)
    let group = DeliveryGroup()
    try producer.send(topic, nil, "0", group: group)
    try producer.flush(timeout: 30_000)
    try cluster.broker?.takeDown(broker: 1)
    for number in 1..<5 { try producer.send(topic, nil, "\(number)", group: group) }
    #expect {
      try producer.flush(timeout: 300)
    } throws: {
      ($0 as? KafkaError)?.isRetriable == true
    }
    #expect(group.outstanding == 4)
    try cluster.broker?.bringUp(broker: 1)
    try producer.flush(timeout: 30_000)
    #expect(group.isComplete)
    #expect(group.firstFailure == nil)
    #expect(producer.fatalError == nil)
    let consumer = try cluster.consumer()
    try consumer.assign([TopicPartition(name, 0): .beginning])
    #expect(consumer.receive(5).map(\.value) == ["0", "1", "2", "3", "4"])
    consumer.close()
    producer.close()
  }

  @Test("a consumer whose broker went away says so, is not ended by it, and reads on when it is back")
  func consumeAcrossOutage() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("out", partitions: 1)
    let producer = try cluster.producer { $0.client.extra["reconnect.backoff.max.ms"] = "200" }
    let topic = try producer.topic(name)
    try producer.send(topic, nil, "before")
    try producer.flush(timeout: 30_000)
    let consumer = try cluster.consumer { $0.client.extra["reconnect.backoff.max.ms"] = "200" }
    try consumer.assign([TopicPartition(name, 0): .beginning])
    #expect(consumer.receive(1).map(\.value) == ["before"])
    try cluster.broker?.takeDown(broker: 1)
    #expect(throws: KafkaError.self) { try consumer.watermarks(TopicPartition(name, 0), timeout: 300) }
    try cluster.broker?.bringUp(broker: 1)
    try producer.send(topic, nil, "after")
    #expect(consumer.receive(1).map(\.value) == ["after"])
    #expect(consumer.fatalError == nil)
    consumer.close()
    producer.close()
  }

  @Test("a partition that moves to another broker is followed")
  func leaderMoves() throws {
    let cluster = try TestCluster(brokers: 2, embedded: true)
    let name = try cluster.topic("move", partitions: 1)
    let partition = TopicPartition(name, 0)
    try cluster.broker?.setLeader(of: partition, broker: 1)
    let producer = try cluster.producer()
    let topic = try producer.topic(name)
    let group = DeliveryGroup()
    try producer.send(topic, nil, "one", group: group)
    try producer.flush(timeout: 30_000)
    try cluster.broker?.setLeader(of: partition, broker: 2)
    try producer.send(topic, nil, "two", group: group)
    try producer.flush(timeout: 30_000)
    #expect(group.firstFailure == nil)
    let consumer = try cluster.consumer()
    try consumer.assign([partition: .beginning])
    #expect(consumer.receive(2).map(\.value) == ["one", "two"])
    consumer.close()
    producer.close()
  }
}
