import Kafka
import Testing

@Suite(.serialized) struct HeadersTests {
  @Test("common headers come first, a record's own after them; an empty value is not a missing one")
  func commonAndOwn() throws {
    let cluster = try TestCluster()
    let name = try cluster.topic("h", partitions: 1)
    let producer = try cluster.producer()
    let topic = try producer.topic(name)
    let constant = [MessageHeader("ce_source", "test"), MessageHeader("empty", [UInt8]()), MessageHeader("none", nil)]
    let common = RecordHeaders(constant)
    let group = DeliveryGroup()
    for number in 0..<3 {
      try Array("v".utf8).withUnsafeBytes { value in
        try producer.produce(
          to: topic, key: nil, value: value, common: common, headers: [MessageHeader("ce_id", "\(number)")],
          group: group)
      }
    }
    try producer.flush(timeout: 30_000)
    let consumer = try cluster.consumer()
    try consumer.assign([TopicPartition(name, 0): .beginning])
    let received = consumer.receive(3)
    #expect(received.map(\.headers) == (0..<3).map { constant + [MessageHeader("ce_id", "\($0)")] })
    consumer.close()
    producer.close()
  }
}
