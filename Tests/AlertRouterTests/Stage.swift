import AlertDelivery
import Deals
import Foundation
import Kafka
import Logging
import Topics
import TestSupport

/// A real broker protocol, a real HTTP receiver and router processes between them.
final class Stage {
  struct TooLate: Error, CustomStringConvertible {
    var what: String
    var logs = ""
    var description: String { "\(what) did not come in time\n\(logs)" }
  }

  let broker: EmbeddedBroker
  let server: LocalServer
  let folder: URL
  let producer: Producer
  private let partitions: Int
  private var processes: [Process] = []

  init(answers: [String] = [LocalServer.answer(200)], rules: String = Stage.rules, partitions: Int = 2) throws {
    self.partitions = partitions
    broker = try EmbeddedBroker(logger: Logger(label: "broker"))
    for topic in TopicDeclaration.all(dealPartitions: partitions) {
      try broker.createTopic(topic.name, partitions: topic.partitions)
    }
    server = LocalServer(answers)
    folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    producer = try Producer(
      ProducerConfiguration(client: ClientConfiguration(bootstrapServers: broker.bootstrapServers)),
      logger: Logger(label: "test"))
    try write(rules)
  }

  deinit { for process in processes where process.isRunning { kill(process.processIdentifier, SIGKILL) } }

  /// Each deal by itself, at once, to a webhook; nothing is too old and no number too high.
  static let rules = """
    receivers: {out: {type: webhook, url: "URL/", allow_private_addresses: true}}
    backlog_age: 3650d
    storm: {messages: 100000}
    spike: {deals: 100000}
    silent_after: never
    route: {receiver: out, group_by: ["..."], group_wait: 0s}
    """

  func write(_ rules: String) throws {
    try rules.replacing("URL", with: server.url).write(to: path("router.yaml"), atomically: true, encoding: .utf8)
  }

  func path(_ name: String) -> URL { folder.appendingPathComponent(name) }

  // MARK: Processes

  /// Starts a router; its log goes to a file of its store's name.
  func start(
    store: String = "store", instance: String = "router-1", environment: [String: String] = [:], limit: String? = nil,
    _ more: [String] = []
  ) throws -> Process {
    let process = Process()
    let tests = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let arguments =
      [
        "run", "--config", "router.yaml", "--store", "\(store).sqlite", "--bootstrap-servers", broker.bootstrapServers,
        "--session-timeout", "4000", "--instance-id", instance, "--listen", "127.0.0.1:0", "--port-file",
        "\(store).port",
      ] + more
    let program = tests.appendingPathComponent("alert-router").path
    process.executableURL = URL(fileURLWithPath: limit == nil ? program : "/bin/sh")
    process.arguments = limit.map { ["-c", "\($0); exec \"$0\" \"$@\"", program] + arguments } ?? arguments
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    let log = path("\(store).log")
    if !FileManager.default.fileExists(atPath: log.path) { try Data().write(to: log) }
    // Several routers may write one log: each line goes to where the file ends then.
    let file = FileHandle(fileDescriptor: open(log.path, O_WRONLY | O_APPEND | O_CLOEXEC), closeOnDealloc: true)
    process.standardOutput = file
    process.standardError = file
    Self.unblockSignals()
    try process.run()
    processes.append(process)
    return process
  }

  /// A child inherits the mask of the thread that starts it, and threads of a pool block every signal.
  private static func unblockSignals() {
    var none = sigset_t()
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, nil)
  }

  func stop(_ process: Process) throws {
    process.terminate()
    try waitFor("the end of the router") { !process.isRunning }
  }

  func log(_ store: String = "store") -> String {
    (try? String(contentsOf: path("\(store).log"), encoding: .utf8)) ?? ""
  }

  private var allLogs: String {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let arrived = arrivals.map(\.deal).sorted().joined(separator: " ")
    return "arrived: \(arrived)\n"
      + names.filter { $0.hasSuffix(".log") }.sorted()
      .map { "--- \($0)\n\(log(String($0.dropLast(4))).suffix(6_000))" }.joined(separator: "\n")
  }

  func store(_ name: String = "store") throws -> RouterStore { try RouterStore(path: path("\(name).sqlite").path) }

  // MARK: Records

  func send(_ events: [RiskEvent]) throws {
    var writer = JSONWriter()
    try produce(to: "deals.risk") { send in
      for event in events {
        writer.removeAll()
        writer.riskEvent(event)
        try send(event.dealID.text, writer.bytes, nil)
      }
    }
  }

  func send(_ entries: [LedgerEntry]) throws {
    var writer = JSONWriter()
    try produce(to: "deals.outcomes") { send in
      for entry in entries {
        writer.removeAll()
        writer.ledgerEntry(entry)
        try send(entry.dealID.text, writer.bytes, 0)
      }
    }
  }

  func send(_ shift: TrendShift) throws {
    var writer = JSONWriter()
    writer.trendShift(shift)
    try produce(to: "deals.trends") { send in try send(shift.segment, writer.bytes, nil) }
  }

  func send(_ report: Report) throws {
    var writer = JSONWriter()
    writer.report(report)
    try produce(to: "deals.reports") { send in try send(report.kind.rawValue, writer.bytes, 0) }
  }

  func produce(
    to name: String, _ body: ((String, [UInt8]?, Int32?) throws -> Void) throws -> Void
  ) throws {
    let topic = try producer.topic(name)
    let group = DeliveryGroup()
    try body { key, value, partition in
      try Array(key.utf8).withUnsafeBytes { key in
        try (value ?? []).withUnsafeBytes { bytes in
          try producer.produce(
            to: topic, partition: partition, key: key, value: value == nil ? nil : bytes,
            group: group)
        }
      }
    }
    try producer.flush(timeout: 300_000)
    if let failure = group.firstFailure { throw failure }
  }

  static func event(
    _ id: String, score: Double = 58, tier: RiskTier = .high, dollars: Double = 90_000, offset: Int64 = 0,
    rep: String? = nil, industry: String? = nil
  ) throws -> RiskEvent {
    guard let deal = DealID(id) else { throw TooLate(what: "\(id) is no deal's id") }
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    var descriptors = Descriptors()
    descriptors.rep = rep.map { Symbol($0) }
    descriptors.industry = industry.map { Symbol($0) }
    return RiskEvent(
      eventID: EventID(text: "\(id)-\(score)"), dealID: deal, trigger: .stageChange, score: RiskScore(points: score),
      winProbability: Probability(0.4), tier: tier, percentile: nil, previousScore: nil, previousTier: nil,
      components: [], reasons: [], actions: [], flags: [], amount: Money(units: dollars), descriptors: descriptors,
      stage: .proposal, ageDays: 50, daysInStage: 20, expectedCloseAt: nil, model: "weighted-v1",
      configurationHash: "c", source: SourcePosition(partition: 0, offset: offset), baselineOffset: 0, occurredAt: now,
      scoredAt: now, mode: .live)
  }

  static func won(_ id: String, offset: Int64) throws -> LedgerEntry {
    guard let deal = DealID(id) else { throw TooLate(what: "\(id) is no deal's id") }
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    return LedgerEntry(
      source: SourcePosition(partition: 0, offset: offset), dealID: deal, occurredAt: now,
      content: .adds(
        ClosedDeal(
          outcome: .won, closedAt: now, createdAt: now.adding(days: -50), stage: .closed, amount: nil,
          descriptors: Descriptors())))
  }

  /// Every record of a topic, with its headers by name.
  func records(of topic: String, partitions: Int) throws -> [(key: String, value: String, headers: [String: String])] {
    var configuration = ConsumerConfiguration(
      client: ClientConfiguration(bootstrapServers: broker.bootstrapServers), groupID: "test")
    configuration.offsetReset = .earliest
    configuration.reportsPartitionEnd = true
    let consumer = try Consumer(configuration, logger: Logger(label: "test"))
    defer { consumer.close() }
    var open = Set((0..<Int32(partitions)).map { TopicPartition(topic, $0) })
    try consumer.assign(Dictionary(uniqueKeysWithValues: open.map { ($0, .beginning) }))
    var found: [(String, String, [String: String])] = []
    let deadline = Date(timeIntervalSinceNow: 300)
    while !open.isEmpty {
      guard Date() < deadline else { throw TooLate(what: "the end of \(topic)", logs: allLogs) }
      consumer.withBatch(maxMessages: 1_000, timeout: 200) { batch in
        batch.forEach { message in
          let headers = message.headers.map { ($0.name, $0.text ?? "") }
          found.append(
            (
              message.key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) },
              message.value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) },
              Dictionary(headers) { $1 }
            ))
        }
      }
      for case .reachedEnd(let partition, _) in consumer.takeEvents() { open.remove(partition) }
    }
    return found
  }

  /// How many records of `deals.risk` the group has committed.
  func committed() throws -> Int64 {
    let consumer = try Consumer(
      ConsumerConfiguration(
        client: ClientConfiguration(bootstrapServers: broker.bootstrapServers), groupID: "alert-router"),
      logger: Logger(label: "test"))
    defer { consumer.close() }
    let all = (0..<Int32(partitions)).map { TopicPartition("deals.risk", $0) }
    return try consumer.committed(all).values.filter { $0 > 0 }.reduce(0, +)
  }

  /// Makes a topic of three partitions one that nobody can write to, or one again that everybody can.
  func setWritable(_ topic: String, _ isWritable: Bool) throws {
    for partition in 0..<Int32(3) {
      try broker.setLeader(of: TopicPartition(topic, partition), broker: isWritable ? 1 : -1)
    }
  }

  // MARK: What arrived

  /// The deal and the idempotency key of each request that was received, in order.
  var arrivals: [(deal: String, key: String, body: String)] {
    server.received.compactMap { request in
      guard let start = request.body.range(of: "\"deal_id\":\""), let key = request.header("Idempotency-Key") else {
        return nil
      }
      return (String(request.body[start.upperBound...].prefix { $0 != "\"" }), key, request.body)
    }
  }

  func waitFor(_ what: String, seconds: Double = 300, _ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while try !condition() {
      guard Date() < deadline else { throw TooLate(what: what, logs: allLogs) }
      DedicatedThread.pause(milliseconds: 20)
    }
  }
}
