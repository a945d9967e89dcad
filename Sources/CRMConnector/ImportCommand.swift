import ArgumentParser
import CRMImport
import Configuration
import Deals
import Foundation
import Kafka
import Logging
import Topics

/// `crm-connector import`: a CRM's export becomes change events.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Turns a CSV export into change events, in the order in which they happened.",
    discussion: "Safe to run twice: the ids of events are derived from their content, and the scorer drops repeats.")

  @Argument(help: "The export.")
  var file: String

  @Option(help: "How columns, stages and dates are read; see config/connector.yaml.")
  var config: String?

  @Option(help: "Brokers to start from, host:port separated by commas.")
  var bootstrapServers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"] ?? "localhost:9092"

  @Option(help: "What stands before every topic's name.")
  var topicPrefix = ""

  @Option(help: "Where rows that can't be used go, as CSV; the export's name with .rejects.csv where not given.")
  var rejects: String?

  @Flag(help: "Lay out the stages between creation and close evenly, marked as synthetic.")
  var stagePath = false

  @Flag(help: "Read and report, but produce nothing.")
  var dryRun = false

  @Option(help: "At most so many events a second.")
  var rate: Int?

  @Flag(help: "As fast as the broker takes them; the default.")
  var asFastAsPossible = false

  func validate() throws {
    if let rate, rate < 1 { throw ValidationError("--rate is \(rate): give 1 or more events a second") }
    if rate != nil, asFastAsPossible { throw ValidationError("give --rate or --as-fast-as-possible, not both") }
  }

  func run() async throws {
    let export: CRMExport
    do {
      export = try CRMExport(path: file, settings: try settings(), stagePath: stagePath)
    } catch {
      throw Failure(text: "\(error)", status: 2)
    }
    try writeRejects(export)
    if !dryRun {
      let (changes, servers, topic, rate) = (
        export.changes, bootstrapServers, TopicNames(prefix: topicPrefix).changes, rate
      )
      do {
        try await DedicatedThread.run(name: "import") {
          try ChangeProducer(servers: servers, topic: topic, rate: rate).produce(changes)
        }
      } catch {
        throw Failure(text: "\(error)", status: 3)
      }
    }
    print(summary(export))
  }

  private func settings() throws -> ImportSettings {
    var settings = ImportSettings()
    _ = try Configuration(
      ConfigurationSchema(keys: [], parts: ImportSettings.parts), file: config, environment: [:], flags: []
    ) { part, node throws(ConfigurationFault) in try settings.read(part, node) }
    return settings
  }

  private func writeRejects(_ export: CRMExport) throws {
    guard !export.rejects.isEmpty else { return }
    let path = rejects ?? file + ".rejects.csv"
    do {
      try export.rejectsCSV.write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw Failure(text: "the rejects can't be written to \(path): choose another file with --rejects", status: 2)
    }
  }

  private func summary(_ export: CRMExport) -> String {
    var lines = [
      "rows \(export.rows), deals \(export.deals), \(dryRun ? "events that would be sent" : "events sent") "
        + "\(export.changes.count)"
    ]
    if export.duplicates > 0 {
      lines.append("rows replaced by a later row of the same deal: \(export.duplicates)")
    }
    if !export.rejects.isEmpty {
      let reasons = export.rejectsByCode.sorted { $0.key.rawValue < $1.key.rawValue }
        .map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
      lines.append("rows left out: \(export.rejects.count) (\(reasons)), see \(rejects ?? file + ".rejects.csv")")
    }
    return lines.joined(separator: "\n")
  }
}

/// Ends the program with words on standard error and a status.
struct Failure: Error, CustomStringConvertible {
  var text: String
  var status: Int32
  var description: String { text }
}
