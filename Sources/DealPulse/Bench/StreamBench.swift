import Deals
import Foundation
import Kafka
import Logging
import ScorerRuntime
import Scoring
import Simulation
import Topics
import Programs

/// The stream against a broker: our client alone, our client writing what the scorer writes, and the scorer.
struct StreamBench {
  /// Each part has topics of its own.
  enum Part: String, CaseIterable {
    case pass, fan, score, two, once, late, move

    var prefix: String { rawValue + "." }
  }

  static let partitions: Int32 = 12
  /// The same for all three: the embedded broker looks for an offset batch by batch, so small batches are its brake.
  private static let throughputLinger = 5.0
  private let stage: BenchStage
  private let client: ClientConfiguration
  private let load: BenchLoad
  private let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

  init(_ stage: BenchStage, _ load: BenchLoad) {
    self.stage = stage
    client = stage.client
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
    try copy(stage.topics(.pass)) { producer, topics, group in
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
    return try copy(stage.topics(.fan)) { producer, topics, group in
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

  private func settings(_ part: Part) -> ScorerSettings {
    var settings = ScorerSettings(client: client)
    settings.topics = stage.topics(part)
    settings.groupID = settings.topics.prefix + "scorer"
    settings.fetchWaitMax = 2
    settings.guarantee = .atLeastOnce
    settings.trends = nil
    return settings
  }

  /// The scorer itself, from its first change to its last; with two threads; where the cluster isolates transactions,
  /// with exactly_once.
  func scorer() throws -> [String: Double] {
    var figures = try score(.score)
    let one = figures["scorer_eps"] ?? 1
    figures["scale_2"] = (try score(.two, threads: 2)["scorer_eps"] ?? 0) / one
    if stage.isReal {
      let once = try score(.once, guarantee: .exactlyOnce)["scorer_eps"] ?? 0
      figures["scorer_exactly_once_eps"] = once
      figures["eos_ratio"] = once / one
    }
    return figures
  }

  private func score(
    _ part: Part, threads: Int = 1, guarantee: ScorerSettings.Guarantee = .atLeastOnce
  ) throws -> [String: Double] {
    try fill(stage.topics(part))
    let scorer = Scorer(throughputSettings(part, threads: threads, guarantee: guarantee), logger: logger)
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

  private func throughputSettings(
    _ part: Part, threads: Int = 1, guarantee: ScorerSettings.Guarantee = .atLeastOnce
  ) -> ScorerSettings {
    var settings = settings(part)
    settings.threads = threads
    settings.guarantee = guarantee
    settings.linger = Self.throughputLinger
    settings.fetchWaitMax = 50
    settings.backfillLedgerWait = 0
    return settings
  }

  /// Fills `deals.state` with open deals, and reads them back by a scorer: deals restored a second, through the broker,
  /// from the assignment until every partition is scored again.
  func restore(deals: Int) throws -> [String: Double] {
    try fillState(deals)
    let scorer = Scorer(throughputSettings(.move), logger: logger)
    let thread = run(scorer)
    while scorer.status.reports[0]?.restoring.isEmpty ?? true { DedicatedThread.pause(milliseconds: 1) }
    let begun = ContinuousClock.now
    while scorer.status.reports[0]?.running.count ?? 0 < Int(Self.partitions) { DedicatedThread.pause(milliseconds: 1) }
    let elapsed = (ContinuousClock.now - begun) / .seconds(1)
    scorer.stop()
    thread.join()
    return ["restore_broker_dps": Double(deals) / elapsed, "restore_broker_s": elapsed]
  }

  private func fillState(_ deals: Int) throws {
    let producer = try Producer(ProducerConfiguration(client: client), logger: logger)
    defer { producer.close() }
    let topic = try producer.topic(stage.topics(.move).state)
    let group = DeliveryGroup()
    var writer = JSONWriter()
    func write(_ key: String, partition: Int32?) throws {
      try Array(key.utf8).withUnsafeBytes { key in
        try writer.withBytes {
          try producer.produce(to: topic, partition: partition, key: key, value: $0, group: group)
        }
      }
    }
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    for number in 0..<deals {
      writer.removeAll()
      writer.dealState(
        DealState(
          createdAt: now, stage: .demo, stageEnteredAt: now, amount: Money(cents: 1_000_000),
          descriptors: Descriptors(rep: "rep_1", industry: "SaaS", region: "Europe", leadSource: "Inbound"),
          expectedCloseAt: nil, status: .open, lastChangedAt: now, recentEvents: RecentEvents()))
      try write("M\(number)", partition: nil)
    }
    for partition in 0..<Self.partitions {
      writer.removeAll()
      writer.position(ChangelogPosition(nextOffset: 0, streamTime: now, isLive: true))
      try write(ChangelogPosition.key, partition: partition)
    }
    try producer.flush(timeout: 120_000)
    if let failure = group.firstFailure { throw failure }
  }

  /// Three scorers as processes over the deals that `restore` left; one is killed. The longest time for which no score of a
  /// partition came, and what of it lies beyond the session time-out, which nobody can know to be over before.
  func rebalance() throws -> [String: Double] {
    let session = 6_000
    let scorers = try ["a", "b", "c"].map { name in
      try stage.start(
        "deal-scorer", .move, name: "scorer-\(name)",
        [
          "--group-id", "three", "--instance-id", name, "--session-timeout", String(session),
          "--fetch-wait", "2", "--set", "trends.enabled=false",
        ])
    }
    defer { for scorer in scorers { scorer.stop() } }
    let topics = stage.topics(.move)
    let sender = Pacer(client, topics, perSecond: 1_200)
    defer { sender.stop() }
    let watch = GapWatch(try reader(topics.risk, .end), partitions: Self.partitions)
    defer { watch.close() }
    watch.run(atMost: .seconds(60)) { $0.isEveryPartitionSeen }
    guard watch.isEveryPartitionSeen else {
      throw Failure(text: "three scorers did not begin to score within a minute")
    }
    watch.run(atMost: .seconds(3)) { _ in false }
    watch.forget()
    scorers[1].kill()
    watch.run(atMost: .milliseconds(session + 10_000)) { _ in false }
    let gap = watch.longest / .seconds(1)
    return ["rebalance_gap_s": gap, "rebalance_beyond_session_s": gap - Double(session) / 1_000]
  }

  private func run(_ scorer: Scorer) -> DedicatedThread {
    DedicatedThread(name: "bench-scorer") {
      let ended = Gate()
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
    let topics = stage.topics(.late)
    let scorer = Scorer(settings(.late), logger: logger)
    let thread = run(scorer)
    while scorer.status.reasonNotReady != nil { DedicatedThread.pause(milliseconds: 10) }
    let total = 5_000 * length
    let sender = Pacer(client, topics, perSecond: 5_000, limit: total)
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
    sender.wait()
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
}
