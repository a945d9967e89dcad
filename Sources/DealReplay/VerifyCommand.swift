import ArgumentParser
import Foundation
import Kafka
import Logging
import Programs
import Replay
import ReplayTopics
import ScorerRuntime
import Topics

/// `deal-replay verify`: derives every published score again.
struct VerifyCommand: AsyncParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Derives every published score again from the changes and the ledger.",
    discussion: """
      Reads deals.changes, deals.outcomes and deals.risk from a cluster (--bootstrap-servers), or from dumps in JSON \
      Lines as kcat -J writes them (--dump). Ends with status 1 where a score differs or is missing, or where there was \
      nothing to verify; with 2 where configuration or input is wrong, with 3 where the broker refuses or is away.
      """)

  @OptionGroup var connection: ConnectionOptions

  @Option(parsing: .upToNextOption, help: "Dumps to read in place of a cluster.")
  var dump: [String] = []

  @Option(help: "The scorer's own configuration, such as config/scorer.yaml: a score verifies only under it.")
  var config: String?

  @Option(help: "The scorer's playbook, such as config/playbook.yaml.")
  var playbook: String?

  @Option(help: "A key of the scorer's configuration, such as scoring.model=points-v1; may be given several times.")
  var set: [String] = []

  @Flag(help: "End with status 1 where a score stands twice, too: that is what exactly_once promises.")
  var exactlyOnce = false

  @Option(help: "What is written.")
  var format = Format.text

  func validate() throws {
    guard dump.isEmpty || connection.bootstrapServers == nil else {
      throw ValidationError("say where to read from: either --bootstrap-servers or --dump")
    }
    _ = try SetFlags.pairs(self.set)
  }

  func run() async throws {
    let loaded = try ScorerSettings.load(
      file: config, playbook: playbook, environment: ProcessInfo.processInfo.environment,
      flags: connection.flags + SetFlags.pairs(self.set))
    guard !dump.isEmpty || loaded.effective.namesCluster else {
      throw ValidationError("say where to read from: give --bootstrap-servers or --dump")
    }
    loaded.observability.bootstrapLogging()
    let records = try await read(loaded.settings)
    let report = Verifier(settings: loaded.settings.engine, halfLifeDays: loaded.settings.halfLifeDays).verify(records)
    try ResultFile(path: nil).write((format == .json ? report.json : report.text) + "\n")
    if !report.isClean { throw ExitCode(1) }
    if exactlyOnce, report.repeats > 0 {
      note("\(report.repeats) scores stand twice: exactly_once did not hold, or they were made under at_least_once")
      throw ExitCode(1)
    }
    guard report.verified == 0 else { return }
    if let reason = report.reasonForNothing { note(reason) }
    throw ExitCode(1)
  }

  private func read(_ settings: ScorerSettings) async throws -> TopicRecords {
    guard dump.isEmpty else {
      var reader = TopicRecordReader()
      for path in dump { try reader.addDump(path: path) }
      if reader.others > 0 { note("\(reader.others) records are of other topics, and were left out") }
      return reader.sorted()
    }
    return try await DedicatedThread.run(name: "verify") {
      try ClusterReader(client: settings.client, topics: settings.topics, logger: Logger(label: "deal-replay")).read()
    }
  }
}
