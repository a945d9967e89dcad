import ArgumentParser
import CRMImport
import Replay

/// Which history is read, and what becomes of lines that can't be.
struct HistoryOptions: ParsableArguments {
  @Option(
    name: .long, parsing: .upToNextOption,
    help: "Files of a history: change events as JSON Lines, or a CRM's CSV; gzip and zstd are unpacked.")
  var input: [String]

  @OptionGroup var table: TableOptions

  @Flag(help: "End with status 2 where a line can't be used, or a dump has gaps.")
  var strict = false

  /// Every file that is read.
  var files: [String?] { input + [table.columns] }

  /// Lines that can't be used, that are listed one by one.
  private static let listed = 20

  func load() throws -> DealHistory {
    let contents = try HistoryFiles(paths: input, importSettings: try table.settings()).read()
    for line in contents.remarks { note(line) }
    for line in contents.unreadable.prefix(Self.listed) { note("\(line)") }
    if !contents.unreadable.isEmpty {
      note("\(contents.unreadable.count) lines could not be used, \(contents.history.changes.count) changes could")
    }
    for line in contents.gaps.report(of: "deals.changes") { note(line) }
    if strict, !contents.unreadable.isEmpty || contents.gaps.count > 0 { throw ExitCode(2) }
    return contents.history
  }
}

/// How a CRM's CSV is read.
struct TableOptions: ParsableArguments {
  @Option(help: "How a CSV's columns, stages and dates are read, as crm-connector's config/connector.yaml says it.")
  var columns: String?

  func settings() throws -> ImportSettings { try columns.map { try ImportSettings(file: $0) } ?? ImportSettings() }
}
