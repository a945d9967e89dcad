import Kafka
import Testing

@Suite(.serialized) struct RoundTripTests {
  @Test("key, value, headers, an empty value and a tombstone come back as they went")
  func roundTrip() throws {
    let cluster = try TestCluster()
    let name = try cluster.topic("a", partitions: 1)
    let producer = try cluster.producer()
    let topic = try producer.topic(name)
    let group = DeliveryGroup()
    let headers = [MessageHeader("ce_type", "x"), MessageHeader("nothing", nil), MessageHeader("ce_type", "y")]
    try producer.send(topic, "k", "v", headers: headers, group: group)
    try producer.send(topic, "k", "", group: group)
    try producer.send(topic, "k", nil, group: group)
    try producer.send(topic, nil, "w", group: group)
    try producer.flush(timeout: 30_000)
    #expect(group.isComplete)
    #expect(group.firstFailure == nil)

    let consumer = try cluster.consumer()
    try consumer.assign([TopicPartition(name, 0): .beginning])
    let received = consumer.receive(4)
    #expect(received.map(\.key) == ["k", "k", "k", nil])
    #expect(received.map(\.value) == ["v", "", nil, "w"])
    #expect(received[0].headers == headers)
    #expect(received.map(\.offset) == [0, 1, 2, 3])
    consumer.close()
    producer.close()
  }

  /// The reference: Kafka's murmur2 (Austin Appleby's MurmurHash2, seed 0x9747b28c), written from its definition.
  private func murmur2(_ key: String) -> UInt32 {
    let bytes = Array(key.utf8)
    var hash = 0x9747_b28c ^ UInt32(bytes.count)
    var index = 0
    while index + 4 <= bytes.count {
      var word = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[index + $1]) << UInt32(8 * $1) }
      word = word &* 0x5bd1_e995
      word ^= word >> 24
      word = word &* 0x5bd1_e995
      hash = (hash &* 0x5bd1_e995) ^ word
      index += 4
    }
    let tail = bytes.count - index
    if tail >= 3 { hash ^= UInt32(bytes[index + 2]) << 16 }
    if tail >= 2 { hash ^= UInt32(bytes[index + 1]) << 8 }
    if tail >= 1 { hash = (hash ^ UInt32(bytes[index])) &* 0x5bd1_e995 }
    hash ^= hash >> 13
    hash = hash &* 0x5bd1_e995
    return hash ^ (hash >> 15)
  }

  @Test("keys meet the partitions that Java clients would choose")
  func partitioner() throws {
    // From the tests of Kafka's own Java client: murmur2("21") = -973932308, murmur2("foobar") = -790332482.
    #expect(Int32(bitPattern: murmur2("21")) == -973_932_308)
    #expect(Int32(bitPattern: murmur2("foobar")) == -790_332_482)
    let cluster = try TestCluster()
    let name = try cluster.topic("b", partitions: 12)
    let producer = try cluster.producer()
    let topic = try producer.topic(name)
    for number in 0..<200 { try producer.send(topic, "D\(number)", "v") }
    try producer.flush(timeout: 30_000)
    let consumer = try cluster.consumer()
    try consumer.assign(
      Dictionary(uniqueKeysWithValues: (0..<12).map { (TopicPartition(name, $0), StartOffset.beginning) }))
    let received = consumer.receive(200)
    #expect(received.count == 200)
    for record in received {
      #expect(record.partition == Int32((murmur2(record.key ?? "") & 0x7FFF_FFFF) % 12))
    }
    consumer.close()
    producer.close()
  }

  @Test("a paused partition hands out nothing; after a seek it goes on where it was told to")
  func pauseAndSeek() throws {
    let cluster = try TestCluster()
    let name = try cluster.topic("c", partitions: 2)
    let producer = try cluster.producer()
    let topic = try producer.topic(name)
    for number in 0..<10 { try producer.send(topic, nil, "\(number)", partition: Int32(number % 2)) }
    try producer.flush(timeout: 30_000)
    let consumer = try cluster.consumer()
    let partitions = [TopicPartition(name, 0), TopicPartition(name, 1)]
    try consumer.assign([partitions[0]: .beginning, partitions[1]: .beginning])
    try consumer.pause([partitions[1]])
    #expect(Set(consumer.receive(5).map(\.partition)) == [0])
    try consumer.seek([partitions[0]: .offset(3)])
    #expect(consumer.receive(2).map(\.offset) == [3, 4])
    try consumer.resume([partitions[1]])
    #expect(consumer.receive(5).map(\.partition) == [1, 1, 1, 1, 1])
    let watermarks = try consumer.watermarks(partitions[0])
    #expect(watermarks == (0, 5))
    #expect(try consumer.positions(of: partitions)[partitions[0]] == 5)
    consumer.close()
    producer.close()
  }

  @Test("a full queue makes the producer wait, and every record is delivered")
  func backPressure() throws {
    let cluster = try TestCluster()
    let name = try cluster.topic("d", partitions: 1)
    let producer = try cluster.producer { $0.queueMaxMessages = 10 }
    let topic = try producer.topic(name)
    let group = DeliveryGroup()
    for number in 0..<500 { try producer.send(topic, nil, "\(number)", group: group) }
    try producer.flush(timeout: 30_000)
    #expect(group.isComplete)
    #expect(group.firstFailure == nil)
    let consumer = try cluster.consumer()
    try consumer.assign([TopicPartition(name, 0): .beginning])
    #expect(consumer.receive(500).map(\.value) == (0..<500).map { "\($0)" })
    consumer.close()
    producer.close()
  }

  @Test("a setting that librdkafka does not know is refused by name")
  func unknownSetting() throws {
    let cluster = try TestCluster()
    #expect {
      try cluster.producer { $0.client.extra["no.such.setting"] = "1" }
    } throws: {
      "\($0)".contains("no.such.setting")
    }
  }

  @Test("secrets are not printed")
  func secrets() {
    var client = ClientConfiguration(bootstrapServers: "localhost:1")
    client.saslPassword = Secret("hunter2")
    #expect(!"\(client)".contains("hunter2"))
  }
}
