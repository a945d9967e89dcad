import Deals
import Kafka
import Logging
import Scoring
import Testing
import Topics

@testable import ScorerRuntime

@Suite(.serialized) struct CommitterTests {
  /// A broker, and what a committer writes with.
  private final class Ground {
    let broker: EmbeddedBroker
    let topics = TopicNames()
    let client: ClientConfiguration
    let writer: OutputWriter
    let consumer: Consumer
    let task = DealTask(partition: 0, settings: EngineSettings())
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    init(_ edit: (inout ProducerConfiguration) -> Void) throws {
      broker = try EmbeddedBroker(logger: logger)
      for topic in TopicDeclaration.all(dealPartitions: 1) {
        try broker.createTopic(topic.name, partitions: topic.partitions)
      }
      client = ClientConfiguration(bootstrapServers: broker.bootstrapServers)
      var configuration = ProducerConfiguration(client: client)
      edit(&configuration)
      writer = try OutputWriter(try Producer(configuration, logger: logger), topics, source: "/test")
      consumer = try Consumer(ConsumerConfiguration(client: client, groupID: "g"), logger: logger)
    }

    func write(_ group: DeliveryGroup) throws {
      var encoder = JSONWriter()
      try writer.write(StateRecords(task.engine, writer: nil, &encoder), partition: 0, group)
    }

    func close() {
      consumer.close()
      writer.producer.close()
    }
  }

  @Test(
    "a commit that gets no answer, and an abort after it, end when their time is over", .timeLimit(.minutes(5)))
  func silentBroker() throws {
    let ground = try Ground { $0.transactionalID = "tx" }
    defer { ground.close() }
    let committer = TransactionalCommitter(
      ground.writer, ground.consumer, topic: ground.topics.changes, member: "m", interval: 0, isStopped: { false })
    try committer.join()
    try committer.beginStep()
    try ground.write(committer.group)
    try ground.broker.takeDown(broker: 1)
    let late = #expect(throws: KafkaError.self) { try committer.finish([ground.task], timeout: 300) }
    #expect(late?.isRetriable == true)
    #expect(throws: KafkaError.self) { try committer.abandon(timeout: 300) }
    #expect(!committer.isIdle)
    committer.discard()
    #expect(committer.isIdle)
  }
}
