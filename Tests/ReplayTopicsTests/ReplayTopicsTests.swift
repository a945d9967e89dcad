import Deals
import Foundation
import Kafka
import Logging
import Replay
import Scoring
import Simulation
import Testing
import Topics

@testable import ReplayTopics

@Suite("Replays read topics, and write to topics of their own")
struct ReplayTopicsTests {
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  private func simulated(_ events: Int) -> [DealChange] {
    var settings = SimulationSettings()
    settings.events = events
    var simulator = DealSimulator(settings)
    var changes: [DealChange] = []
    while let event = simulator.next() { if case .change(let change) = event.content { changes.append(change) } }
    return changes
  }

  /// Puts changes into deals.changes of a broker with so many partitions.
  private func broker(_ changes: [DealChange], partitions: Int) throws -> (EmbeddedBroker, ClientConfiguration) {
    let broker = try EmbeddedBroker(logger: logger)
    let topics = TopicNames()
    for name in [topics.changes, topics.risk] { try broker.createTopic(name, partitions: partitions) }
    for name in [topics.outcomes, topics.risk + ".replay.what-if"] { try broker.createTopic(name, partitions: 1) }
    let client = ClientConfiguration(bootstrapServers: broker.bootstrapServers, clientID: "test")
    try produce(changes, client)
    return (broker, client)
  }

  private func produce(_ changes: [DealChange], _ client: ClientConfiguration) throws {
    let producer = try Producer(ProducerConfiguration(client: client), logger: logger)
    defer { producer.close() }
    let topic = try producer.topic(TopicNames().changes)
    let (headers, group) = (RecordHeaders([]), DeliveryGroup())
    var writer = JSONWriter()
    for change in changes {
      writer.removeAll()
      writer.change(change)
      let value = writer.bytes
      try Array(change.dealID.text.utf8).withUnsafeBytes { key in
        try value.withUnsafeBytes { value in
          try producer.produce(
            to: topic, partition: nil, key: key, value: value, timestamp: change.occurredAt.milliseconds,
            common: headers, headers: [], group: group)
        }
      }
    }
    try producer.flush(timeout: 30_000)
  }

  private func replay(_ client: ClientConfiguration) throws -> Data {
    let path = NSTemporaryDirectory() + "replay-\(UUID().uuidString).jsonl"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let read = try ClusterReader(client: client, topics: TopicNames(), logger: logger).changes()
    #expect(read.unreadable == 0)
    let replay = try HistoryReplay(ReplayPlan(inputs: [], output: path), changes: read.changes)
    while try replay.advance(1_000) {}
    _ = try replay.finish()
    return try Data(contentsOf: URL(filePath: path))
  }

  @Test("the number of partitions does not show in what a replay of a topic gives")
  func partitions() async throws {
    let changes = simulated(3_000)
    let results = try await DedicatedThread.run(name: "test") {
      try [1, 5].map { count in
        let (broker, client) = try broker(changes, partitions: count)
        return try withExtendedLifetime(broker) { try replay(client) }
      }
    }
    #expect(results[0].count > 100_000)
    #expect(results[0] == results[1])
  }

  /// What came of a replay that was killed, and gone on with when the topic had grown.
  private struct Aftermath: Sendable {
    var resumedAfter: Int64
    var changes: Int64
    /// Whether it gave the bytes of a replay that ran through before the topic grew, and of one behind that.
    var isLikeBefore: Bool
    var isLikeAfter: Bool
  }

  @Test("changes that come while a replay was killed have no part in it: it goes on to the same bytes")
  func changesMeanwhile() async throws {
    let changes = simulated(1_500)
    // Each tenth comes late: after the kill.
    let late = changes.enumerated().filter { $0.offset % 10 == 3 }.map(\.element)
    let first = changes.enumerated().filter { $0.offset % 10 != 3 }.map(\.element)
    let folder = NSTemporaryDirectory() + "replay-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let found = try await DedicatedThread.run(name: "test") {
      let (broker, client) = try broker(first, partitions: 3)
      return try withExtendedLifetime(broker) {
        let before = try replay(client)
        let killed = try resumable(client, folder)
        for _ in 0..<5 { _ = try killed.advance(100) }
        try produce(late, client)
        let last = try resumable(client, folder)
        let resumedAfter = last.progress.changes
        while try last.advance(100) {}
        let count = try last.finish().changes
        let bytes = try Data(contentsOf: URL(filePath: folder + "/out.jsonl"))
        return Aftermath(
          resumedAfter: resumedAfter, changes: count, isLikeBefore: bytes == before,
          isLikeAfter: try bytes == replay(client))
      }
    }
    #expect(found.resumedAfter == 500 && found.changes == Int64(first.count))
    // One that is begun anew has all of them.
    #expect(found.isLikeBefore && !found.isLikeAfter)
  }

  /// A replay of a topic that goes on from its checkpoint where there is one.
  private func resumable(_ client: ClientConfiguration, _ folder: String) throws -> HistoryReplay {
    var plan = ReplayPlan(inputs: [], output: folder + "/out.jsonl")
    plan.checkpoint = folder + "/checkpoint"
    plan.checkpointInterval = 100
    let read = try ClusterReader(client: client, topics: TopicNames(), logger: logger).changes(
      for: &plan, offsets: 0..<Int64.max, instants: Timestamp(milliseconds: .min)...Timestamp(milliseconds: .max))
    return try HistoryReplay(plan, changes: read.changes)
  }

  @Test("a replay whose changes the topic no longer keeps is not gone on with", arguments: [(-1, 20), (5, 101)])
  func changesGone(first: Int64, end: Int64) async throws {
    let changes = simulated(100)
    let failure = try await DedicatedThread.run(name: "test") { () -> String? in
      let (broker, client) = try broker(Array(changes[..<80]), partitions: 1)
      return withExtendedLifetime(broker) {
        do {
          _ = try ClusterReader(client: client, topics: TopicNames(), logger: logger).changes(
            in: [PartitionSpan(partition: 0, first: first, end: end)],
            instants: Timestamp(milliseconds: .min)...Timestamp(milliseconds: .max))
          return nil
        } catch {
          return "\(error)"
        }
      }
    }
    #expect(try #require(failure).contains("offsets \(first) to \(end) of partition 0"))
  }

  @Test("a range of offsets and of event times is read, and nothing else")
  func ranges() async throws {
    let changes = simulated(500)
    let (first, last) = (changes[100].occurredAt, changes[300].occurredAt)
    let (byOffset, byTime) = try await DedicatedThread.run(name: "test") {
      let (broker, client) = try broker(changes, partitions: 1)
      return try withExtendedLifetime(broker) {
        let reader = ClusterReader(client: client, topics: TopicNames(), logger: logger)
        return (
          try reader.changes(offsets: 20..<50).changes, try reader.changes(instants: first...last).changes
        )
      }
    }
    #expect(Set(byOffset.map(\.eventID)) == Set(changes[20..<50].map(\.eventID)))
    let expected = changes.filter { (first...last).contains($0.occurredAt) }
    #expect(Set(byTime.map(\.eventID)) == Set(expected.map(\.eventID)))
    #expect(byTime.count == expected.count && byTime.count > 150)
  }

  @Test("scores go to the replay's own topic, each with its identity, and none to deals.risk")
  func target() async throws {
    let changes = simulated(800)
    let (scores, live) = try await DedicatedThread.run(name: "test") {
      let (broker, client) = try broker(changes, partitions: 2)
      return try withExtendedLifetime(broker) {
        let name = try #require(ReplayTopicName("what-if", topics: TopicNames()))
        let sink = try ReplayTopicSink(name, client: client, logger: logger)
        let replay = try HistoryReplay(ReplayPlan(inputs: [], output: ""), changes: changes, sink: sink)
        while try replay.advance(1_000) {}
        let written = try replay.finish().scores
        let admin = try Consumer(ConsumerConfiguration(client: client, groupID: "test"), logger: logger)
        defer { admin.close() }
        let end = try admin.watermarks(TopicPartition(name.description, 0)).high
        #expect(end == written)
        let live = try (0..<2).map { try admin.watermarks(TopicPartition(TopicNames().risk, Int32($0))).high }
        return (written, live)
      }
    }
    #expect(scores > 100)
    #expect(live == [0, 0])
  }

  @Test(
    "a replay into a topic that was killed goes on without writing a score twice, and another must say that it adds")
  func resumedTarget() async throws {
    let changes = simulated(800)
    let folder = NSTemporaryDirectory() + "replay-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await DedicatedThread.run(name: "test") {
      let (broker, client) = try broker([], partitions: 1)
      try withExtendedLifetime(broker) {
        let name = try #require(ReplayTopicName("what-if", topics: TopicNames()))
        var plan = ReplayPlan(inputs: [], output: "")
        plan.checkpoint = folder
        plan.checkpointInterval = 100
        func open(appends: Bool = false) throws -> (replay: HistoryReplay, sink: ReplayTopicSink) {
          let sink = try ReplayTopicSink(name, client: client, appends: appends, logger: logger)
          return (try HistoryReplay(plan, changes: changes, sink: sink), sink)
        }
        func ids() throws -> [String] {
          var ids: [String] = []
          try ClusterReader(client: client, topics: TopicNames(), logger: logger).read(name.description) { message, _ in
            ids += message.headers.filter { $0.name == "ce_id" }.compactMap(\.text)
          }
          return ids
        }
        // Killed behind its last checkpoint, with everything delivered; and once more before it came to the next.
        for _ in 0..<2 {
          let killed = try open()
          for _ in 0..<35 { #expect(try killed.replay.advance(10)) }
          try killed.sink.synchronize()
        }
        let last = try open().replay
        #expect(last.isResumed)
        while try last.advance(100) {}
        let scores = try last.finish().scores
        let written = try ids()
        #expect(Int64(written.count) == scores && Set(written).count == written.count)
        #expect(throws: ReplayTopicError.self) { try open() }
        plan.checkpoint = nil
        let second = try open(appends: true).replay
        while try second.advance(100) {}
        _ = try second.finish()
        #expect(try ids().count == 2 * written.count)
      }
    }
  }

  @Test("a live topic can't be named")
  func names() {
    let topics = TopicNames(prefix: "acme.")
    #expect(ReplayTopicName("q3-weights", topics: topics)?.description == "acme.deals.risk.replay.q3-weights")
    for name in ["", "a.b", "../deals.risk", "UPPER", "with space", String(repeating: "x", count: 65)] {
      #expect(ReplayTopicName(name, topics: topics) == nil, "\(name)")
    }
  }

  @Test("scores that were published through a broker are read back with their changes and ledger, and verify")
  func verified() async throws {
    let changes = simulated(1_500)
    let (report, scores) = try await DedicatedThread.run(name: "test") {
      let (broker, client) = try broker(changes, partitions: 1)
      return try withExtendedLifetime(broker) {
        let scores = try publish(changes, client)
        let records = try ClusterReader(client: client, topics: TopicNames(), logger: logger).read()
        return (Verifier(settings: EngineSettings()).verify(records), scores)
      }
    }
    #expect(report.verified == scores)
    #expect(report.isClean && report.notVerifiable.isEmpty)
    #expect(scores > 300)
  }

  /// Scores the changes as a scorer with one partition would, and writes scores and ledger.
  private func publish(_ changes: [DealChange], _ client: ClientConfiguration) throws -> Int {
    let producer = try Producer(ProducerConfiguration(client: client), logger: logger)
    defer { producer.close() }
    let topics = (risk: try producer.topic(TopicNames().risk), outcomes: try producer.topic(TopicNames().outcomes))
    let (headers, group) = (RecordHeaders([]), DeliveryGroup())
    var engine = DealEngine(partition: 0, settings: EngineSettings())
    var baselines = Baselines(model: WeightedModel.name)
    var output = EngineOutput()
    var writer = JSONWriter()
    var (scores, entries) = (0, Int64(0))
    func produce(_ topic: ProducerTopic, _ deal: DealID, _ bytes: [UInt8]) throws {
      try Array(deal.text.utf8).withUnsafeBytes { key in
        try bytes.withUnsafeBytes { value in
          try producer.produce(
            to: topic, partition: 0, key: key, value: value, timestamp: nil, common: headers, headers: [], group: group)
        }
      }
    }
    for (offset, change) in changes.enumerated() {
      engine.apply(change, at: Int64(offset), &baselines, into: &output)
      for risk in output.risks {
        writer.removeAll()
        writer.riskEvent(risk)
        try produce(topics.risk, risk.dealID, writer.bytes)
        scores += 1
      }
      for entry in output.entries {
        writer.removeAll()
        writer.ledgerEntry(entry)
        try produce(topics.outcomes, entry.dealID, writer.bytes)
        baselines.apply(entry, at: entries)
        entries += 1
      }
      output.removeAll()
    }
    try producer.flush(timeout: 30_000)
    return scores
  }
}
