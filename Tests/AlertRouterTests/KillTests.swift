import AlertDelivery
import Deals
import Foundation
import Kafka
import Logging
import Testing

/// The program itself, killed as a power cut would, between a real broker protocol and a real HTTP server.
@Suite(.serialized) struct KillTests {
  private static let deals = 12

  /// More kills than CI has time for: `DEALPULSE_KILLS=200 swift test --filter AlertRouterTests`.
  private static var kills: Int { Int(ProcessInfo.processInfo.environment["DEALPULSE_KILLS"] ?? "") ?? 6 }

  @Test("whatever step the router is killed at, each alert arrives, and what arrives twice bears the same key")
  func kills() throws {
    let seed = UInt64(ProcessInfo.processInfo.environment["DEALPULSE_SEED"] ?? "") ?? 20_260_302
    print("seed \(seed), \(Self.kills) kills")
    var random = seed
    let broker = try EmbeddedBroker(logger: Logger(label: "broker"))
    try broker.createTopic("deals.risk", partitions: 2)
    try broker.createTopic("alerts.log", partitions: 1)
    let server = LocalServer([LocalServer.answer(200)])
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let rules = """
      receivers: {out: {type: webhook, url: "\(server.url)/", allow_private_addresses: true}}
      backlog_age: 3650d
      storm: {messages: 100000}
      route: {receiver: out, group_by: ["..."], group_wait: 0s}
      """
    try rules.write(to: folder.appendingPathComponent("router.yaml"), atomically: true, encoding: .utf8)
    let producer = try Producer(
      ProducerConfiguration(client: ClientConfiguration(bootstrapServers: broker.bootstrapServers)),
      logger: Logger(label: "test"))
    for kill in 0..<Self.kills {
      try produce(round: kill, producer)
      random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let point = FaultPoint.allCases[kill % FaultPoint.allCases.count]
      // A step without news stores nothing, so that only the first one is sure to come.
      let passes = point == .afterStore ? 1 : point == .afterRead ? 1 + random >> 60 : 1 + random >> 61
      let router = try start(folder, broker, fault: "\(point.rawValue):\(passes)")
      try waitFor("the death at \(point.rawValue):\(passes)", seconds: 60) { !router.isRunning }
      #expect(router.terminationReason == .uncaughtSignal)
    }
    let last = try start(folder, broker, fault: "")
    let wanted = Set((0..<Self.kills).flatMap { round in (0..<Self.deals).map { "K\(round)-\($0)" } })
    try waitFor("all alerts", seconds: 60) { Set(arrivals(server).map(\.deal)).isSuperset(of: wanted) }
    last.terminate()
    try waitFor("the end", seconds: 30) { !last.isRunning }
    #expect(last.terminationStatus == 0)
    let keys = Dictionary(grouping: arrivals(server), by: \.deal).mapValues { Set($0.map(\.key)) }
    #expect(keys.values.allSatisfy { $0.count == 1 })
    let store = try RouterStore(path: folder.appendingPathComponent("store.sqlite").path)
    #expect(try store.entries(state: "sent").count == wanted.count)
    #expect(try store.entries(state: "pending").isEmpty)
  }

  private func arrivals(_ server: LocalServer) -> [(deal: String, key: String)] {
    server.received.compactMap { request in
      guard let start = request.body.range(of: "\"deal_id\":\""), let key = request.header("Idempotency-Key") else {
        return nil
      }
      return (String(request.body[start.upperBound...].prefix { $0 != "\"" }), key)
    }
  }

  private func produce(round: Int, _ producer: Producer) throws {
    let topic = try producer.topic("deals.risk")
    let group = DeliveryGroup()
    var writer = JSONWriter()
    for number in 0..<Self.deals {
      let event = try #require(Self.event("K\(round)-\(number)"))
      writer.removeAll()
      writer.riskEvent(event)
      try Array(event.dealID.text.utf8).withUnsafeBytes { key in
        try writer.bytes.withUnsafeBytes { try producer.produce(to: topic, key: key, value: $0, group: group) }
      }
    }
    try producer.flush(timeout: 10_000)
    #expect(group.firstFailure == nil)
  }

  private static func event(_ id: String) -> RiskEvent? {
    guard let deal = DealID(id) else { return nil }
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    return RiskEvent(
      eventID: EventID(text: id), dealID: deal, trigger: .stageChange, score: RiskScore(points: 58),
      winProbability: Probability(0.4), tier: .high, percentile: nil, previousScore: nil, previousTier: nil,
      components: [], reasons: [], actions: [], flags: [], amount: Money(cents: 9_000_000), descriptors: Descriptors(),
      stage: .proposal, ageDays: 50, daysInStage: 20, expectedCloseAt: nil, model: "weighted-v1",
      configurationHash: "c", source: SourcePosition(partition: 0, offset: 0), baselineOffset: 0, occurredAt: now,
      scoredAt: now, mode: .live)
  }

  private func start(_ folder: URL, _ broker: EmbeddedBroker, fault: String) throws -> Process {
    let process = Process()
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    process.executableURL = tests.appendingPathComponent("alert-router")
    process.currentDirectoryURL = folder
    process.arguments = [
      "run", "--config", "router.yaml", "--store", "store.sqlite", "--bootstrap-servers", broker.bootstrapServers,
      "--session-timeout", "2000",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(["DEALPULSE_FAULT_POINT": fault]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private struct TooLate: Error { var what: String }

  private func waitFor(_ what: String, seconds: Double, _ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while try !condition() {
      guard Date() < deadline else { throw TooLate(what: what) }
      DedicatedThread.pause(milliseconds: 20)
    }
  }
}
