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
      try writer.write(StateRecords(task.engine, writer: nil, partitions: 1, &encoder), partition: 0, group)
    }

    /// The positions that deals.state holds, in their order.
    func positions() throws -> [Int64] { try records().map(\.position) }

    /// The positions with the writers that they name.
    func records() throws -> [(position: Int64, writer: String?)] {
      var configuration = ConsumerConfiguration(client: client, groupID: "reader")
      configuration.reportsPartitionEnd = true
      let reader = try Consumer(configuration, logger: logger)
      defer { reader.close() }
      try reader.assign([TopicPartition(topics.state, 0): .beginning])
      let decoder = StateDecoder()
      var found: [(Int64, String?)] = []
      while reader.takeEvents().isEmpty {
        try reader.withBatch(maxMessages: 100, timeout: 100) { batch in
          try batch.forEach { message in
            let record = try message.key.withUnsafeBytes { key in
              try message.value.withUnsafeBytes { try decoder.decode(key: key, value: $0) }
            }
            if case .position(let position, let writer, _) = record { found.append((position.nextOffset, writer)) }
          }
        }
      }
      return found
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
      ground.writer, ground.consumer, topic: ground.topics.changes, partitions: 1, member: "m", interval: 0,
      isStopped: { false })
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

  @Test("a task that begins names its writer before anything else is written for it, and only once")
  func signs() throws {
    let ground = try Ground { $0.transactionalID = "tx" }
    defer { ground.close() }
    let committer = TransactionalCommitter(
      ground.writer, ground.consumer, topic: ground.topics.changes, partitions: 1, member: "m", interval: 0,
      isStopped: { false })
    try committer.join()
    ground.task.writer = "former"
    try committer.sign([ground.task])
    #expect(committer.isIdle && ground.task.writer == "m")
    try committer.sign([ground.task])
    let records = try ground.records()
    #expect(records.map(\.position) == [0])
    #expect(records.map(\.writer) == ["m"])
  }

  @Test("what is open for others is committed before a task that begins is signed")
  func signsInBetween() throws {
    let ground = try Ground { $0.transactionalID = "tx" }
    defer { ground.close() }
    let committer = TransactionalCommitter(
      ground.writer, ground.consumer, topic: ground.topics.changes, partitions: 1, member: "m", interval: 60_000,
      isStopped: { false })
    try committer.join()
    try committer.sign([ground.task])
    try committer.beginStep()
    ground.task.engine.skip(4)
    let other = DealTask(partition: 0, settings: EngineSettings())
    other.engine.skip(9)
    try committer.sign([ground.task, other])
    #expect(committer.isIdle && !ground.task.engine.hasUncommittedChanges)
    #expect(try ground.positions() == [0, 5, 10])
  }

  @Test("a step's state is not written behind that of a step that was given up", .timeLimit(.minutes(5)))
  func gap() throws {
    let ground = try Ground { $0.linger = 0 }
    defer { ground.close() }
    let lease = Lease(sessionTimeout: 300_000)
    let committer = PipelinedCommitter(
      ground.writer, ground.consumer, lease, topic: ground.topics.changes, partitions: 1)
    // The broker takes its time, then refuses the first write for good, and would take the next.
    try ground.broker.setRoundTrip(broker: 1, milliseconds: 200)
    ground.broker.pushErrors(apiKey: 0, [10])
    ground.task.engine.skip(0)
    try committer.endStep([ground.task])
    // Without this breath both could be one request: the test would see nothing, and fail nobody.
    DedicatedThread.pause(milliseconds: 100)
    ground.task.engine.skip(1)
    try committer.endStep([ground.task])
    #expect(throws: KafkaError.self) {
      while !committer.isIdle { try committer.poll([ground.task]) }
    }
    committer.discard()
    try ground.writer.producer.flush(timeout: 60_000)
    #expect(try ground.positions() == [])
  }
}
