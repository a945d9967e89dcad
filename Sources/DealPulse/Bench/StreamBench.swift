import Deals
import Foundation
import Kafka
import Logging
import ScorerRuntime
import Scoring
import Simulation
import Synchronization
import Topics
import Programs

/// The broker of a benchmark, as a process of its own.
final class BenchStage {
  let client: ClientConfiguration
  private let broker: ChildProcess

  init() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dealpulse-bench-\(getpid())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let ports = folder + "/port"
    var arguments = ["broker", "--port-file", ports]
    for name in StreamBench.prefixes { arguments += ["--topic-prefix", name] }
    broker = try ChildProcess("dealpulse", arguments, log: folder + "/broker.log")
    var servers = ""
    while servers.isEmpty, broker.isRunning {
      servers = (try? String(contentsOfFile: ports, encoding: .utf8)) ?? ""
      DedicatedThread.pause(milliseconds: 20)
    }
    guard !servers.isEmpty else { throw Failure(text: "the embedded broker did not start: see \(folder)") }
    client = ClientConfiguration(bootstrapServers: servers, clientID: "dealpulse-bench")
  }

  func close() { broker.stop() }
}

/// The stream against a broker: our client alone, our client writing what the scorer writes, and the scorer.
struct StreamBench {
  /// Each part has topics of its own.
  static let prefixes = ["pass.", "fan.", "score.", "two.", "late."]
  private static let partitions: Int32 = 12
  /// The same for all three: the embedded broker looks for an offset batch by batch, so small batches are its brake.
  private static let throughputLinger = 5.0
  private let client: ClientConfiguration
  private let load: BenchLoad
  private let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

  init(_ client: ClientConfiguration, _ load: BenchLoad) {
    self.client = client
    self.load = load
  }

  private func fill(_ topics: TopicNames) throws {
    let producer = try Producer(ProducerConfiguration(client: client), logger: logger)
    defer { producer.close() }
    let topic = try producer.topic(topics.changes)
    let group = DeliveryGroup()
    for (key, value) in zip(load.keys, load.changes) {
      try key.withUnsafeBytes { key in
        try value.withUnsafeBytes { value in try producer.produce(to: topic, key: key, value: value, group: group) }
      }
    }
    try producer.flush(timeout: 120_000)
  }

  private func reader(_ topic: String, _ start: StartOffset) throws -> Consumer {
    var configuration = ConsumerConfiguration(client: client, groupID: "bench")
    configuration.fetchWaitMax = 2
    configuration.offsetReset = .earliest
    let consumer = try Consumer(configuration, logger: logger)
    try consumer.assign(
      Dictionary(uniqueKeysWithValues: (0..<Self.partitions).map { (TopicPartition(topic, $0), start) }))
    return consumer
  }

  /// Consume and produce the same bytes.
  func passthrough() throws -> Double {
    try copy(TopicNames(prefix: "pass.")) { producer, topics, group in
      let target = try producer.topic(topics.risk)
      return { message, _ in
        try message.key.withUnsafeBytes { key in
          try message.value.withUnsafeBytes { value in
            try producer.produce(to: target, partition: message.partition, key: key, value: value, group: group)
          }
        }
      }
    }
  }

  /// Consume and write the records that the scorer writes, bytes and headers, without making them: the scorer's ceiling.
  func fanout() throws -> Double {
    let common = RecordHeaders(
      MessageType.risk.constantHeaders(source: "/dealpulse/bench").map { MessageHeader($0.name, $0.value) })
    let (id, time) = (Array("0192f3c4-7e1a-7c3e-9b0e-0d8f6a2b1c11".utf8), Array("2024-02-10T09:30:00.250Z".utf8))
    return try copy(TopicNames(prefix: "fan.")) { producer, topics, group in
      let (risk, state) = (try producer.topic(topics.risk), try producer.topic(topics.state))
      return { message, index in
        try message.key.withUnsafeBytes { key in
          for output in load.outputs[index] {
            try output.withUnsafeBytes { value in
              try id.withUnsafeBytes { id in
                try time.withUnsafeBytes { time in
                  try producer.produce(
                    to: risk, partition: message.partition, key: key, value: value, common: common,
                    texts: [("ce_id", id), ("ce_time", time)], group: group)
                }
              }
            }
          }
          try load.states[index].withUnsafeBytes { value in
            try producer.produce(to: state, partition: message.partition, key: key, value: value, group: group)
          }
        }
      }
    }
  }

  private func copy(
    _ topics: TopicNames,
    _ make: (Producer, TopicNames, DeliveryGroup) throws -> ((borrowing MessageView, Int) throws -> Void)
  ) throws -> Double {
    try fill(topics)
    let consumer = try reader(topics.changes, .beginning)
    defer { consumer.close() }
    var configuration = ProducerConfiguration(client: client)
    configuration.linger = Self.throughputLinger
    let producer = try Producer(configuration, logger: logger)
    defer { producer.close() }
    let write = try make(producer, topics, DeliveryGroup())
    var done = 0
    var begun: ContinuousClock.Instant?
    while done < load.changes.count {
      try consumer.withBatch(maxMessages: 2_000, timeout: 50) { batch in
        if batch.count > 0, begun == nil { begun = .now }
        try batch.forEach { message in
          try write(message, done)
          done += 1
        }
      }
    }
    try producer.flush(timeout: 120_000)
    return Double(done) / ((ContinuousClock.now - (begun ?? .now)) / .seconds(1))
  }

  private func settings(_ prefix: String) -> ScorerSettings {
    var settings = ScorerSettings(client: client)
    settings.topics = TopicNames(prefix: prefix)
    settings.groupID = prefix + "scorer"
    settings.fetchWaitMax = 2
    settings.guarantee = .atLeastOnce
    settings.trends = nil
    return settings
  }

  /// The scorer itself, from its first change to its last; with two threads; and started again on what it wrote.
  func scorer() throws -> [String: Double] {
    var figures = try score("score.", threads: 1)
    let two = try score("two.", threads: 2)
    figures["scale_2"] = (two["scorer_eps"] ?? 0) / (figures["scorer_eps"] ?? 1)
    figures["restart_s"] = try restart("score.")
    return figures
  }

  private func score(_ prefix: String, threads: Int) throws -> [String: Double] {
    try fill(TopicNames(prefix: prefix))
    let scorer = Scorer(throughputSettings(prefix, threads: threads), logger: logger)
    let thread = run(scorer)
    while changes(scorer) == 0 { DedicatedThread.pause(milliseconds: 1) }
    let (begun, first, before) = (ContinuousClock.now, changes(scorer), processorSeconds())
    while changes(scorer) < load.changes.count { DedicatedThread.pause(milliseconds: 1) }
    let elapsed = (ContinuousClock.now - begun) / .seconds(1)
    let counted = Double(load.changes.count - first)
    let used = processorSeconds() - before
    let memory = residentBytes()
    scorer.stop()
    thread.join()
    return [
      "scorer_eps": counted / elapsed, "cpu_s_per_million": used / counted * 1e6, "rss_mb": memory / 1_048_576,
    ]
  }

  private func throughputSettings(_ prefix: String, threads: Int) -> ScorerSettings {
    var settings = settings(prefix)
    settings.threads = threads
    settings.linger = Self.throughputLinger
    settings.fetchWaitMax = 50
    settings.backfillLedgerWait = 0
    return settings
  }

  /// Seconds from the assignment until every partition is restored through the broker and scored again. With so few deals as
  /// the embedded broker holds these are connections and questions, hardly reading.
  private func restart(_ prefix: String) throws -> Double {
    let scorer = Scorer(throughputSettings(prefix, threads: 1), logger: logger)
    let thread = run(scorer)
    while scorer.status.reports[0]?.restoring.isEmpty ?? true { DedicatedThread.pause(milliseconds: 1) }
    let begun = ContinuousClock.now
    while scorer.status.reports[0]?.running.count ?? 0 < Int(Self.partitions) { DedicatedThread.pause(milliseconds: 1) }
    let elapsed = (ContinuousClock.now - begun) / .seconds(1)
    scorer.stop()
    thread.join()
    return elapsed
  }

  private func run(_ scorer: Scorer) -> DedicatedThread {
    DedicatedThread(name: "bench-scorer") {
      let ended = DeliveryGate()
      Task {
        try? await scorer.run()
        ended.open()
      }
      ended.wait()
    }
  }

  private func changes(_ scorer: Scorer) -> Int { scorer.status.reports.values.reduce(0) { $0 + $1.changes } }

  /// Paced changes of the present: from the change's own time to a reader of the score.
  func latency(seconds length: Int) throws -> [String: Double] {
    let topics = TopicNames(prefix: "late.")
    let scorer = Scorer(settings("late."), logger: logger)
    let thread = run(scorer)
    while scorer.status.reasonNotReady != nil { DedicatedThread.pause(milliseconds: 10) }
    let total = 5_000 * length
    let client = client
    let sender = DedicatedThread(name: "bench-sender") { try? Self.pace(client, topics, total) }
    let consumer = try reader(topics.risk, .beginning)
    let decoder = RiskDecoder()
    var delays: [Double] = []
    let deadline = ContinuousClock.now + .seconds(length + 20)
    while delays.count < total, ContinuousClock.now < deadline {
      try consumer.withBatch(maxMessages: 1_000, timeout: 5) { batch in
        let now = Date().timeIntervalSince1970 * 1_000
        try batch.forEach { message in
          let event = try message.value.withUnsafeBytes { try decoder.decode($0) }
          delays.append(now - Double(event.occurredAt.milliseconds))
        }
      }
    }
    sender.join()
    consumer.close()
    scorer.stop()
    thread.join()
    // The first second warms connections up.
    let settled = delays.dropFirst(5_000).sorted()
    func quantile(_ share: Double) -> Double {
      settled.isEmpty ? -1 : settled[min(settled.count - 1, Int(share * Double(settled.count)))]
    }
    return [
      "latency_ms_p50": quantile(0.5), "latency_ms_p99": quantile(0.99), "latency_ms_p999": quantile(0.999),
      "latency_events": Double(settled.count),
    ]
  }

  private static func pace(_ client: ClientConfiguration, _ topics: TopicNames, _ total: Int) throws {
    let sender = try ChangeSender(client, topic: topics.changes)
    let begun = ContinuousClock.now
    let deal = Deal(
      createdAt: Timestamp(milliseconds: 1_700_000_000_000), stage: .demo,
      amount: Amount(units: 10_000, currency: .usd),
      descriptors: Descriptors(rep: "rep_1", industry: "SaaS", region: "Europe", leadSource: "Inbound"))
    for number in 0..<total {
      // Five changes a millisecond: waiting in a loop for each would take a core from what is measured.
      let due = begun + .microseconds(200 * number)
      while ContinuousClock.now < due { DedicatedThread.pause(milliseconds: 1) }
      guard let id = DealID("L\(number)") else { continue }
      let now = Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
      let change = DealChange(
        eventID: EventID(high: 2, low: UInt64(number)), dealID: id, kind: .created, occurredAt: now, deal: deal)
      try sender.send(SimulatedEvent(content: .change(change), time: now))
    }
    try sender.finish()
  }
}

/// Opens once; a thread of our own waits for it.
private final class DeliveryGate: Sendable {
  private let isOpen = Atomic<Bool>(false)
  func open() { isOpen.store(true, ordering: .releasing) }
  func wait() { while !isOpen.load(ordering: .acquiring) { DedicatedThread.pause(milliseconds: 2) } }
}
