import CRMImport
import Deals

/// The files of a history: a CRM's CSV where the name ends in .csv, else change events as JSON Lines; gzip and zstd are unpacked.
public struct HistoryFiles: Sendable {
  /// A history and what could not be used of its files.
  public struct Contents: Sendable {
    /// The history.
    public var history: DealHistory
    /// Lines that could not be used.
    public var unreadable: [UnreadableLine]
  }

  /// The files; several are merged in the order of event time.
  public var paths: [String]
  /// How a CSV is read.
  public var importSettings: ImportSettings

  /// Files.
  public init(paths: [String], importSettings: ImportSettings = ImportSettings()) {
    self.paths = paths
    self.importSettings = importSettings
  }

  /// Reads all of them.
  ///
  /// - Throws: `ReplayError`, or `ImportError` of a CSV, where a file can't be read.
  public func read() throws -> Contents {
    var changes: [DealChange] = []
    var order: [DealID] = []
    var seen: Set<DealID> = []
    var unreadable: [UnreadableLine] = []
    for path in paths {
      let part = try contents(of: path)
      changes += part.changes
      for id in part.order where seen.insert(id).inserted { order.append(id) }
      unreadable += part.unreadable
    }
    return Contents(history: DealHistory(changes, deals: order), unreadable: unreadable)
  }

  /// The files as streams, for a replay that does not keep them in memory. A CSV is kept: its rows are in no order of time.
  func streams() throws -> [any ChangeStream] {
    try paths.map { path in
      guard Self.isCSV(path) else { return try LineChangeStream(path: path) }
      let part = try contents(of: path)
      var unreadable = UnreadableLines()
      for line in part.unreadable { unreadable.add(line) }
      return ListedChangeStream(part.changes, unreadable: unreadable)
    }
  }

  private typealias Part = (changes: [DealChange], order: [DealID], unreadable: [UnreadableLine])

  private func contents(of path: String) throws -> Part {
    guard Self.isCSV(path) else {
      let lines = try ChangeLines().read([path])
      return (lines.changes, DealHistory.firstAppearances(lines.changes), lines.unreadable)
    }
    let export = try CRMExport(try FileBytes.read(path: path), name: path, settings: importSettings)
    let unreadable = export.rejects.map {
      UnreadableLine(file: path, line: $0.line, reason: "\($0.rejection.code.rawValue): \($0.rejection.text)")
    }
    return (export.changes, export.order, unreadable)
  }

  private static func isCSV(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".csv", ".csv.gz", ".csv.zst"].contains { name.hasSuffix($0) }
  }
}
