import Deals
import Foundation
import Kafka
import Logging
import Simulation
import Topics

/// A cluster with topics that no other test has: the embedded broker as a process, or the one that the environment names.
final class Stream {
  static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  let servers: String
  let topics: TopicNames
  let partitions: Int
  let broker: Program?

  init(partitions: Int = 6, brokers: Int = 1, beside other: Stream? = nil) throws {
    self.partitions = partitions
    let prefix = "t\(UInt32.random(in: 0..<UInt32.max))."
    topics = TopicNames(prefix: prefix)
    if let servers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"], !servers.isEmpty {
      (self.servers, broker) = (servers, nil)
      let made = try Program.run(
        "dealpulse",
        [
          "topics", "apply", "--bootstrap-servers", servers, "--topic-prefix", prefix, "--deal-partitions",
          String(partitions),
        ] + Self.replication)
      guard made.status == 0 else { throw StreamFailure(text: made.output) }
      return
    }
    if let other {
      (servers, broker) = (other.servers, other.broker)
      for topic in TopicDeclaration.all(dealPartitions: partitions) {
        other.broker?.send("topic \(prefix)\(topic.name) \(topic.partitions)")
      }
      return
    }
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("port-\(UUID().uuidString)").path
    let broker = try Program(
      "dealpulse",
      [
        "broker", "--port-file", file, "--topic-prefix", prefix, "--deal-partitions", String(partitions), "--brokers",
        String(brokers),
      ])
    guard eventually({ FileManager.default.fileExists(atPath: file) }) else {
      throw StreamFailure(text: broker.output)
    }
    servers = try String(contentsOfFile: file, encoding: .utf8)
    self.broker = broker
  }

  /// Copies of each partition, for clusters whose own default can't be asked for (brokers before 2.4).
  private static var replication: [String] {
    ProcessInfo.processInfo.environment["DEALPULSE_TEST_REPLICATION"].map { ["--replication", $0] } ?? []
  }

  var client: ClientConfiguration { ClientConfiguration(bootstrapServers: servers, clientID: "test") }
  var options: [String] { ["--bootstrap-servers", servers, "--topic-prefix", topics.prefix] }
  var group: String { topics.prefix + "deal-scorer" }

  func scorer(
    _ instance: String = "one", _ more: [String] = [], session: Int = 6_000, device: String? = nil
  ) throws -> Program {
    try Program(
      "deal-scorer",
      options + [
        "--instance-id", instance, "--session-timeout", "\(session)", "--fetch-wait", "10",
      ] + more, device: device)
  }

  func produce(_ events: some Sequence<SimulatedEvent>) throws { try Self.produce(events, client, topics.changes) }

  /// Sends events, all at once or held to a rate.
  static func produce(
    _ events: some Sequence<SimulatedEvent>, _ client: ClientConfiguration, _ topic: String,
    perSecond rate: Double? = nil
  ) throws {
    let begun = Date()
    var sent = 0.0
    let producer = try Producer(configuration(client), logger: quiet)
    defer { producer.close() }
    let topic = try producer.topic(topic)
    let group = DeliveryGroup()
    var writer = JSONWriter()
    for event in events {
      sent += 1
      // The rate is the test's input, not a wait for a result.
      if let rate, sent.truncatingRemainder(dividingBy: 50) == 0 {
        let ahead = sent / rate - Date().timeIntervalSince(begun)
        if ahead > 0 { Thread.sleep(forTimeInterval: ahead) }
      }
      switch event.content {
      case .change(let change):
        writer.removeAll()
        writer.change(change)
        try send(producer, topic, key: change.dealID.text, writer.bytes, event.time, group)
      case .malformed(let bytes, let key): try send(producer, topic, key: key, bytes, event.time, group)
      }
    }
    try producer.flush(timeout: 120_000)
    if let failure = group.firstFailure { throw failure }
  }

  /// One record as it is, for input that no type of ours can hold.
  func produce(key: String?, _ value: [UInt8]?, headers: [MessageHeader] = []) throws {
    try produce(topic: topics.changes, key: key, value, headers: headers)
  }

  func produce(topic name: String, key: String?, _ value: [UInt8]?, headers: [MessageHeader] = []) throws {
    let producer = try Producer(Self.configuration(client), logger: Self.quiet)
    defer { producer.close() }
    let topic = try producer.topic(name)
    let group = DeliveryGroup()
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    try Self.send(producer, topic, key: key, value, now, group, headers)
    try producer.flush(timeout: 60_000)
  }

  /// Larger records than a scorer reads can be sent.
  private static func configuration(_ client: ClientConfiguration) -> ProducerConfiguration {
    var configuration = ProducerConfiguration(client: client)
    configuration.client.extra["message.max.bytes"] = "1040000"
    return configuration
  }

  private static func send(
    _ producer: Producer, _ topic: ProducerTopic, key: String?, _ value: [UInt8]?, _ time: Timestamp,
    _ group: DeliveryGroup, _ headers: [MessageHeader] = []
  ) throws {
    try Array((key ?? "").utf8).withUnsafeBytes { keyBytes in
      try (value ?? []).withUnsafeBytes { valueBytes in
        try producer.produce(
          to: topic, key: key == nil ? nil : keyBytes, value: value == nil ? nil : valueBytes,
          timestamp: time.milliseconds, headers: headers, group: group)
      }
    }
  }

  /// Whether the scorer's group has committed the end of every partition of deals.changes.
  func isProcessed() throws -> Bool { try committed() == ends() }

  func committed() throws -> Int64 {
    let consumer = try Consumer(ConsumerConfiguration(client: client, groupID: group), logger: Self.quiet)
    defer { consumer.close() }
    let all = (0..<Int32(partitions)).map { TopicPartition(topics.changes, $0) }
    // While a rebalance goes on the group answers with an error: not processed yet.
    return ((try? consumer.committed(all)) ?? [:]).values.reduce(0, +)
  }

  /// What the trend processors' group has committed, and the ledger's end.
  func trendProgress() throws -> (committed: Int64, end: Int64) {
    let configuration = ConsumerConfiguration(client: client, groupID: topics.prefix + "deal-trends")
    let consumer = try Consumer(configuration, logger: Self.quiet)
    defer { consumer.close() }
    let partition = TopicPartition(topics.outcomes, 0)
    let committed = ((try? consumer.committed([partition])) ?? [:])[partition] ?? 0
    return (committed, try consumer.watermarks(partition).high)
  }

  private func ends() throws -> Int64 {
    let consumer = try Consumer(ConsumerConfiguration(client: client, groupID: group), logger: Self.quiet)
    defer { consumer.close() }
    return try (0..<Int32(partitions)).reduce(0) {
      $0 + (try consumer.watermarks(TopicPartition(topics.changes, $1)).high)
    }
  }

  private func uncommittedEnds(of partitions: Set<TopicPartition>) throws -> [TopicPartition: Int64] {
    guard broker == nil else { return [:] }
    var configuration = ConsumerConfiguration(client: client, groupID: "\(topics.prefix)reader")
    configuration.isolationLevel = .readUncommitted
    let asker = try Consumer(configuration, logger: Self.quiet)
    defer { asker.close() }
    return try asker.ends(of: partitions)
  }

  /// Every record of a topic, and that none was dropped at its beginning.
  func forEach(_ topic: String, partitions: Int, _ body: (borrowing MessageView) throws -> Void) throws {
    var configuration = ConsumerConfiguration(client: client, groupID: "\(topics.prefix)reader")
    configuration.reportsPartitionEnd = true
    configuration.fetchWaitMax = 10
    configuration.offsetReset = .earliest
    let consumer = try Consumer(configuration, logger: Self.quiet)
    defer { consumer.close() }
    var open = Set((0..<Int32(partitions)).map { TopicPartition(topic, $0) })
    for partition in open where try consumer.watermarks(partition).low != 0 {
      throw StreamFailure(text: "\(partition) has dropped records: the test writes too much for the embedded broker")
    }
    // A transaction that was just committed may not be seen yet: what is read must reach the end beyond it.
    let ends = try uncommittedEnds(of: open)
    try consumer.assign(Dictionary(uniqueKeysWithValues: open.map { ($0, StartOffset.beginning) }))
    while !open.isEmpty {
      try consumer.withBatch(maxMessages: 1_000, timeout: 100) { batch in
        try batch.forEach { message in try body(message) }
      }
      for case .reachedEnd(let partition, let offset) in consumer.takeEvents() where offset >= ends[partition] ?? 0 {
        open.remove(partition)
      }
    }
  }
}

struct StreamFailure: Error, CustomStringConvertible {
  var text: String
  var description: String { text }
}
