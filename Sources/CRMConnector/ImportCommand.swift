import ArgumentParser
import CRMImport
import Configuration
import Connection
import Deals
import Foundation
import Kafka
import Logging
import Observability
import Programs

/// `crm-connector import`: a CRM's export becomes change events.
struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Turns a CSV export into change events, in the order in which they happened.",
    discussion: "Safe to run twice: the ids of events are derived from their content, and the scorer drops repeats.")

  @Argument(help: "The export.")
  var file: String

  @Option(help: "How columns, stages and dates are read; see config/connector.yaml.")
  var config: String?

  @OptionGroup var connection: ConnectionOptions

  @Option(help: "Where rows that can't be used go, as CSV; the export's name with .rejects.csv where not given.")
  var rejects: String?

  @Flag(
    help: ArgumentHelp(
      "Lay out the stages of closed deals evenly between creation and close, marked as synthetic.",
      discussion: "An open deal is created in the stage that it is in: when it entered its stages is not known."))
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
    let connection: ConnectionSettings
    do {
      let settings: ImportSettings
      (settings, connection) = try loaded()
      export = try CRMExport(path: file, settings: settings, stagePath: stagePath)
    } catch {
      throw Failure(text: "\(error)", status: 2)
    }
    connection.observability.bootstrapLogging()
    // A person waits at the terminal: the table is there for whoever asks with logging.level=debug.
    Logger(label: "crm-connector").configuration(connection.effective, level: .debug)
    try writeRejects(export)
    if !dryRun {
      let (changes, producer) = (
        export.changes, ChangeProducer(client: connection.client, topic: connection.topics.changes, rate: rate)
      )
      do {
        try await DedicatedThread.run(name: "import") {
          try producer.produce(changes)
        }
      } catch {
        throw Failure(text: "\(error)", status: 3)
      }
    }
    print(summary(export))
  }

  private func loaded() throws -> (ImportSettings, ConnectionSettings) {
    var settings = ImportSettings()
    let configuration = try Configuration(
      ConfigurationSchema(keys: ConnectionKeys.all, parts: ImportSettings.parts), file: config,
      environment: ProcessInfo.processInfo.environment, flags: connection.flags
    ) { part, node throws(ConfigurationFault) in try settings.read(part, node) }
    return (settings, try ConnectionSettings(configuration, clientID: "crm-connector"))
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
    if let duplicates = export.duplicatesText { lines.append(duplicates) }
    if !export.rejects.isEmpty {
      let reasons = export.rejectsByCode.sorted { $0.key.rawValue < $1.key.rawValue }
        .map { "\($0.key.rawValue) \($0.value)" }.joined(separator: ", ")
      lines.append("rows left out: \(export.rejects.count) (\(reasons)), see \(rejects ?? file + ".rejects.csv")")
    }
    return lines.joined(separator: "\n")
  }
}
