import AlertDelivery
import Alerts
import Deals
import Foundation
import Kafka
import Logging
import Programs
import Synchronization
import Topics

/// The whole router as a process of its own, between a broker protocol and a stand-in for Slack.
struct RouterBench {
  var fingerprints: Int
  var events: Int
  var alerts: Int
  private static let partitions = 12
  private static let people = 50
  private let logger = Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() }

  init(fingerprints: Int, events: Int, alerts: Int) {
    self.fingerprints = fingerprints
    self.events = events
    self.alerts = alerts
  }

  func figures() throws -> [String: Double] {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("alert-router-bench-\(getpid())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let broker = try EmbeddedBroker(logger: logger)
    for topic in TopicDeclaration.all(dealPartitions: Self.partitions) {
      try broker.createTopic(topic.name, partitions: topic.partitions)
    }
    let arrivals = Mutex<[String: Date]>([:])
    let sink = try MessageSink { message in
      // The first word of a message about one deal, after its bullet.
      let deal = message.text.split { $0 == " " || $0 == "\n" }.dropFirst().first.map { $0.filter { $0 != "*" } } ?? ""
      arrivals.withLock { $0[deal] = $0[deal] ?? message.receivedAt }
    }
    defer { sink.stop() }
    try rules(sink.port).write(to: folder.appendingPathComponent("router.yaml"), atomically: true, encoding: .utf8)
    try fill(folder.appendingPathComponent("store.sqlite").path)
    let begun = Date()
    let router = try start(folder, broker.bootstrapServers)
    defer {
      router.terminate()
      router.waitUntilExit()
    }
    let load = try BenchLoad(broker.bootstrapServers, logger)
    try load.send([try BenchLoad.event("warm", score: 20, tier: .low)])
    try load.waitUntilRead(router)
    var figures = ["start_seconds": Date().timeIntervalSince(begun)]
    figures.merge(try throughput(load, router)) { $1 }
    figures.merge(try latency(load, router, arrivals)) { $1 }
    figures["peak_resident_kib"] = Self.status(router, "VmHWM:")
    figures["known_fingerprints"] = Double(fingerprints)
    return figures
  }

  private func rules(_ port: Int) -> String {
    let people = (0..<Self.people).map { "    rep_\($0): {name: Rep \($0), slack: U\($0)}" }.joined(separator: "\n")
    return """
      receivers:
        slack: {type: slack, token_env: BENCH_TOKEN, channel: "#deals", url: "http://127.0.0.1:\(port)",
                allow_private_addresses: true, concurrency: 4}
      storm: {messages: 1000000}
      spike: {deals: 1000000}
      budget: {per_day: 1000000}
      silent_after: never
      route: {receiver: slack, to: rep, group_by: ["..."], group_wait: 0s}
      owners:
        people:
      \(people)
      """
  }

  /// Deals that were at risk once and are not now: each has a memory.
  private func fill(_ path: String) throws {
    let store = try RouterStore(path: path)
    let yaml = "receivers: {out: {type: console}}\nroute: {receiver: out}\n"
    var pipeline = AlertPipeline(try RulesLoader.load(yaml: yaml, file: "bench"))
    let now = Clock.wall()
    for number in 0..<fingerprints {
      let memory = AlertMemory(
        tier: .high, score: RiskScore(tenths: 560), contentHash: UInt64(number), openedAt: now, windowStart: now)
      pipeline.remember(Fingerprint(kind: .dealRisk, subject: "D\(number)"), memory)
      if number % 50_000 == 49_999 || number == fingerprints - 1 {
        try store.commit(&pipeline, messages: [], decisions: [], offsets: [:])
      }
    }
  }

  private func start(_ folder: URL, _ servers: String) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = [
      "run", "--config", "router.yaml", "--store", "store.sqlite", "--bootstrap-servers", servers, "--listen", "none",
    ]
    process.currentDirectoryURL = folder
    process.environment = ProcessInfo.processInfo.environment.merging(["BENCH_TOKEN": "token"]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    let log = folder.appendingPathComponent("router.log")
    try Data().write(to: log)
    process.standardError = try FileHandle(forWritingTo: log)
    try process.run()
    return process
  }

  /// Of a hundred events 94 are not urgent, 5 repeat what is open, and one is new: about what a scorer writes.
  private func throughput(_ load: BenchLoad, _ router: Process) throws -> [String: Double] {
    let open = try (0..<100).map {
      try BenchLoad.event("O\($0)", score: 58, tier: .high, rep: "rep_\($0 % Self.people)")
    }
    try load.send(open)
    try load.waitUntilRead(router)
    var batch: [RiskEvent] = []
    batch.reserveCapacity(events)
    for number in 0..<events {
      let known = "D\(number &* 7_919 % fingerprints)"
      switch number % 100 {
      case 0:
        batch.append(
          try BenchLoad.event("X\(number)", score: 58, tier: .high, rep: "rep_\(number / 100 % Self.people)"))
      case 1...5: batch.append(open[number % open.count])
      default: batch.append(try BenchLoad.event(known, score: 31, tier: .low))
      }
    }
    let before = Self.processorSeconds(router)
    let begun = Date()
    try load.send(batch)
    try load.waitUntilRead(router)
    let wall = Date().timeIntervalSince(begun)
    let processor = Self.processorSeconds(router) - before
    return ["router_eps": Double(events) / wall, "router_events_per_core_second": Double(events) / processor]
  }

  /// From the moment a risk event is handed to Kafka to the moment its Slack request is read, in milliseconds.
  private func latency(
    _ load: BenchLoad, _ router: Process, _ arrivals: borrowing Mutex<[String: Date]>
  ) throws -> [String: Double] {
    // What the throughput left in the outbox goes first, at Slack's rate.
    try load.waitUntilIdle(arrivals)
    var sent: [String: Date] = [:]
    for number in 0..<alerts {
      let id = "N\(number)"
      sent[id] = Date()
      try load.send([try BenchLoad.event(id, score: 58, tier: .high, rep: "rep_\(number % Self.people)")])
      DedicatedThread.pause(milliseconds: 40)
    }
    let deadline = Date(timeIntervalSinceNow: 120)
    while arrivals.withLock({ found in !sent.keys.allSatisfy { found[$0] != nil } }) {
      guard Date() < deadline, router.isRunning else {

        let missing = arrivals.withLock { found in sent.keys.filter { found[$0] == nil }.sorted() }
        throw Failure("\(missing.count) of \(alerts) alerts did not arrive, \(missing.first ?? "") among them")

      }
      DedicatedThread.pause(milliseconds: 10)
    }
    let waits = arrivals.withLock { found in
      sent.compactMap { id, at in found[id].map { $0.timeIntervalSince(at) * 1_000 } }.sorted()
    }
    return [
      "risk_to_slack_ms_p50": waits[waits.count / 2], "risk_to_slack_ms_p99": waits[waits.count * 99 / 100],
      "risk_to_slack_ms_max": waits[waits.count - 1],
    ]
  }

  private static func status(_ process: Process, _ name: String) -> Double {
    let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix(name) }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0
  }

  private static func processorSeconds(_ process: Process) -> Double {
    let text = (try? String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)) ?? ""
    let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return 0 }
    return (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
  }
}
