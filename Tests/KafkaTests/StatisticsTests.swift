import Kafka
import Logging
import MetricsTestKit
import Testing

@Suite(.serialized) struct StatisticsTests {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @Test("what a consumer has not read yet is its lag, as a gauge, until the partition is given back")
  func lag() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("lag", partitions: 1)
    let producer = try cluster.producer()
    let topic = try producer.topic(name)
    for number in 0..<10 { try producer.send(topic, nil, "\(number)") }
    try producer.flush(timeout: 30_000)

    let metrics = TestMetrics()
    let gauges = StatisticsGauges(logger: logger, factory: metrics)
    var configuration = ConsumerConfiguration(client: cluster.client, groupID: "test-\(cluster.run)")
    configuration.client.statisticsInterval = 50
    configuration.fetchWaitMax = 10
    let consumer = try Consumer(configuration, logger: logger, statistics: gauges.receive)
    let partition = TopicPartition(name, 0)
    try consumer.assign([partition: .beginning])
    var read = 0
    #expect(
      eventually {
        consumer.withBatch(maxMessages: 4 - read, timeout: 50) { read += $0.count }
        return read == 4
      })
    // With all four read, polls that hand out nothing serve the statistics.
    try consumer.pause([partition])
    let dimensions = [("client", "test"), ("topic", name), ("partition", "0")]
    func lag() -> Double? {
      (try? metrics.expectGauge("kafka_consumer_lag_records", dimensions))?.lastValue
    }
    #expect(
      eventually {
        consumer.withBatch(maxMessages: 1, timeout: 50) { _ in }
        return lag() == 6
      })
    #expect(gauges.latest?.partitions.first { $0.partition == partition }?.position == 4)
    let roundTrip = gauges.latest?.brokers.contains { $0.state == "UP" }
    #expect(roundTrip == true)
    try consumer.assign([:])
    #expect(
      eventually {
        consumer.withBatch(maxMessages: 1, timeout: 50) { _ in }
        return gauges.latest?.partitions.contains { $0.partition == partition && $0.isAssigned } != true
      })
    consumer.close()
    gauges.close()
    producer.close()
  }

  @Test("records that wait to be sent are counted")
  func queue() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("queue", partitions: 1)
    try cluster.broker?.takeDown(broker: 1)
    let metrics = TestMetrics()
    let gauges = StatisticsGauges(logger: logger, factory: metrics)
    var configuration = ProducerConfiguration(client: cluster.client)
    configuration.client.statisticsInterval = 50
    let producer = try Producer(configuration, logger: logger, statistics: gauges.receive)
    let topic = try producer.topic(name)
    for _ in 0..<3 { try producer.send(topic, nil, "v") }
    #expect(
      eventually {
        (try? metrics.expectGauge("kafka_producer_queue_records", [("client", "test")]))?.lastValue == 3
      })
    producer.close()
    gauges.close()
  }

  @Test("a text that is no statistics is refused")
  func malformed() {
    #expect(throws: KafkaError.self) { try ClientStatistics(json: "{\"name\":1}") }
  }
}
