import ArgumentParser
import Configuration
import Foundation
import Logging
import Observability
import ScorerRuntime

/// `deal-scorer`: changes in, risk out.
@main
struct DealScorerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deal-scorer", abstract: "Scores deals as they change and publishes their risk.",
    discussion: "Flags win over the environment, the environment over the file. config/scorer.yaml has every key.")

  @Option(help: "The configuration, such as config/scorer.yaml.") var config: String?
  @Option(help: "The playbook, such as config/playbook.yaml.") var playbook: String?
  @Option(help: "A key and its value, such as scoring.model=points-v1; may be given several times.")
  var set: [String] = []
  @Option(help: "Brokers to start from, host:port separated by commas.") var bootstrapServers: String?
  @Option(help: "What stands before every topic's name.") var topicPrefix: String?
  @Option(help: "The consumer group that all instances share.") var groupId: String?
  @Option(help: "This instance's name: stable over restarts, different for each instance.") var instanceId: String?
  @Option(help: "Processing threads.") var threads: String?
  @Option(help: "exactly_once or at_least_once.") var guarantee: String?
  @Option(help: "Milliseconds after which a silent instance is out of its group.") var sessionTimeout: Int?
  @Option(help: "Milliseconds that a broker may wait for data.") var fetchWait: Int?
  @Option(help: "How log lines look: auto, json or text.") var logFormat: String?
  @Option(help: "The port of /metrics, /healthz and /readyz.") var metricsPort: String?
  @Flag(help: "Check the configuration, print what is in effect, and end.") var checkConfig = false
  @Flag(help: "Print what the scorer reads, keeps and writes, and end.") var describe = false

  func validate() throws {
    for pair in set where !pair.contains("=") {
      throw ValidationError("--set is \(pair): write it like scoring.model=points-v1")
    }
  }

  func run() async throws {
    let loaded: LoadedScorer
    do {
      loaded = try ScorerSettings.load(
        file: config, playbook: playbook, environment: ProcessInfo.processInfo.environment, flags: flags)
    } catch {
      Self.complain("\(error)")
      throw ExitCode(2)
    }
    if checkConfig || describe {
      if describe { print(loaded.settings.description) }
      if checkConfig { print(Self.table(loaded)) }
      return
    }
    try await run(loaded)
  }

  private func run(_ loaded: LoadedScorer) async throws {
    let metrics = PrometheusMetrics(help: ScorerMetrics.help)
    loaded.observability.bootstrapLogging()
    loaded.observability.bootstrapMetrics(metrics)
    let logger = Logger(label: "deal-scorer")
    let scorer = Scorer(loaded.settings, logger: logger)
    // Before the first line is logged: whoever has read it may ask for the end.
    let signals = TerminationSignal { _ in scorer.stop() }
    defer { signals.cancel() }
    logger.configuration(loaded.effective)
    let readiness = Readiness()
    readiness.require("scorer") { scorer.status.reasonNotReady }
    let server = loaded.observability.statusServer(metrics, readiness: readiness, logger: logger)
    do {
      try await server.start()
      try await scorer.run()
      await server.stop()
    } catch {
      await server.stop()
      Self.complain("\(error)")
      throw ExitCode((error as? ScorerError)?.exitStatus ?? 2)
    }
  }

  private var flags: [(String, String)] {
    var flags: [(String, String?)] = [
      ("kafka.bootstrap_servers", bootstrapServers), ("topics.prefix", topicPrefix), ("scorer.group_id", groupId),
      ("scorer.instance_id", instanceId), ("scorer.threads", threads), ("processing.guarantee", guarantee),
      ("kafka.session_timeout", sessionTimeout.map { "\($0)ms" }), ("kafka.fetch_wait", fetchWait.map { "\($0)ms" }),
      ("logging.format", logFormat), ("metrics.port", metricsPort),
    ]
    for pair in set {
      guard let place = pair.firstIndex(of: "=") else { continue }
      flags.append((String(pair[..<place]), String(pair[pair.index(after: place)...])))
    }
    return flags.compactMap { key, value in value.map { (key, $0) } }
  }

  private static func table(_ loaded: LoadedScorer) -> String {
    let width = loaded.effective.map(\.key.count).max() ?? 0
    return loaded.effective.map { key, value, source in
      "\(key)\(String(repeating: " ", count: width - key.count))  \(value)  (\(source))"
    }.joined(separator: "\n")
  }

  private static func complain(_ text: String) {
    let lines = text.split(separator: "\n").map { "deal-scorer: \($0)\n" }.joined()
    // Where they can't be written, the status has to say it all.
    try? FileHandle.standardError.write(contentsOf: Data(lines.utf8))
  }
}
