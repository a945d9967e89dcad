import Kafka
import Testing

@Suite(.serialized) struct ErrorTests {
  private static let produceKey: Int16 = 0
  private static let offsetCommitKey: Int16 = 8
  private static let messageTooLarge: Int32 = 10

  @Test("a record above message.max.bytes is refused at once, and the text says what to raise")
  func oversized() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("big", partitions: 1)
    let producer = try cluster.producer { $0.client.extra["message.max.bytes"] = "2000" }
    let topic = try producer.topic(name)
    let group = DeliveryGroup()
    #expect {
      try producer.send(topic, nil, String(repeating: "x", count: 3_000), group: group)
    } throws: {
      ($0 as? KafkaError)?.code == Self.messageTooLarge && "\($0)".contains("message.max.bytes")
    }
    #expect(group.isComplete)
    producer.close()
  }

  @Test("a record that the broker finds too large fails its group, and the transaction asks for an abort")
  func oversizedForBroker() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("big", partitions: 1)
    let producer = try cluster.producer { $0.transactionalID = "tx-\(cluster.run)" }
    try producer.initTransactions()
    let topic = try producer.topic(name)
    let group = DeliveryGroup()
    cluster.broker?.pushErrors(apiKey: Self.produceKey, [Self.messageTooLarge])
    try producer.beginTransaction()
    try producer.send(topic, nil, "v", group: group)
    #expect {
      try producer.commitTransaction()
    } throws: {
      ($0 as? KafkaError)?.requiresAbort == true
    }
    try producer.abortTransaction()
    #expect(group.firstFailure?.code == Self.messageTooLarge)
    producer.close()
  }

  @Test("a commit of a member that its group has forgotten asks to undo, not to end", arguments: [Int32(22), 25])
  func staleCommit(code: Int32) throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("stale", partitions: 1)
    let consumer = try cluster.consumer()
    cluster.broker?.pushErrors(apiKey: Self.offsetCommitKey, [code])
    #expect {
      try consumer.commit([TopicPartition(name, 0): 1])
    } throws: {
      ($0 as? KafkaError)?.errorClass == .abortable
    }
    #expect(consumer.fatalError == nil)
    consumer.close()
  }

  @Test("a closed producer takes nothing more")
  func closed() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("closed", partitions: 1)
    let producer = try cluster.producer()
    let topic = try producer.topic(name)
    producer.close()
    let group = DeliveryGroup()
    #expect(throws: KafkaError.self) { try producer.send(topic, nil, "v", group: group) }
    #expect(group.isComplete)
  }

  @Test("secrets among the extra settings are not printed")
  func extraSecrets() {
    var client = ClientConfiguration(bootstrapServers: "localhost:1")
    client.extra = ["sasl.oauthbearer.client.secret": "hunter2", "ssl.key.pem": "hunter3", "debug": "broker"]
    let text = "\(ConsumerConfiguration(client: client, groupID: "g"))"
    #expect(!text.contains("hunter"))
    #expect(text.contains("debug=broker"))
  }
}
