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
    /// What else a reader should know of the files.
    public var remarks: [String] = []
    /// Offsets that are missing between the records of dumps.
    public var gaps = OffsetGaps()
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
    var remarks: [String] = []
    var gaps = OffsetGaps()
    for path in paths {
      let part = try contents(of: path)
      if changes.isEmpty { changes = part.changes } else { changes += part.changes }
      for id in part.order where seen.insert(id).inserted { order.append(id) }
      unreadable += part.unreadable
      remarks += part.remarks
      gaps.add(part.gaps)
    }
    return Contents(history: DealHistory(changes, deals: order), unreadable: unreadable, remarks: remarks, gaps: gaps)
  }

  /// The files as streams, for a replay that does not keep them in memory. A CSV is kept: its rows are in no order of time.
  /// Changes after an instant are left out.
  func streams(until end: Timestamp) throws -> [any ChangeStream] {
    try paths.map { path in
      guard Self.isCSV(path) else {
        return try FirstLine(path: path).isDump
          ? ListedChangeStream(dump: path, until: end) : Self.lines(of: path, until: end)
      }
      let part = try contents(of: path)
      var unreadable = UnreadableLines()
      for line in part.unreadable { unreadable.add(line) }
      return ListedChangeStream(part.changes, until: end, unreadable: unreadable, remarks: part.remarks)
    }
  }

  /// A pipe shows only here what it holds: a stream without any change has been read to its end.
  private static func lines(of path: String, until end: Timestamp) throws -> LineChangeStream {
    let stream = try LineChangeStream(path: path, until: end)
    let lines = stream.unreadable
    // What lies after `end` was passed over, and could be used.
    if stream.headTime == nil, lines.count == stream.place.line || end.milliseconds == .max {
      try refuse(lines.first.first, of: lines.count)
    }
    return stream
  }

  /// An input of which nothing can be used is the wrong one, and no empty history.
  static func refuse(_ first: UnreadableLine?, of lines: Int) throws(ReplayError) {
    if let first { throw .nothingUsable(lines: lines, first: first) }
  }

  private typealias Part = (
    changes: [DealChange], order: [DealID], unreadable: [UnreadableLine], remarks: [String], gaps: OffsetGaps
  )

  private func contents(of path: String) throws -> Part {
    guard Self.isCSV(path) else {
      _ = try FirstLine(path: path)
      let lines = try ChangeLines().read([path])
      if lines.changes.isEmpty { try Self.refuse(lines.unreadable.first, of: lines.unreadable.count) }
      return (lines.changes, DealHistory.firstAppearances(lines.changes), lines.unreadable, [], lines.gaps)
    }
    let export = try CRMExport(try FileBytes.read(path: path), name: path, settings: importSettings)
    let unreadable = export.rejects.map {
      UnreadableLine(file: path, line: $0.line, reason: "\($0.rejection.code.rawValue): \($0.rejection.text)")
    }
    if export.changes.isEmpty { try Self.refuse(unreadable.first, of: unreadable.count) }
    return (export.changes, export.order, unreadable, Self.remarks(export, path), OffsetGaps())
  }

  /// What a table lacks, or has twice, changes the scores, and is told.
  private static func remarks(_ export: CRMExport, _ path: String) -> [String] {
    var remarks: [String] = []
    if export.missing.contains(.outcome) {
      remarks.append("\(path) has no column for the outcome: every deal counts as open, and no win rate can be known")
    }
    let others = export.missing.filter { $0 != .outcome }.map(\.rawValue).sorted()
    if !others.isEmpty {
      remarks.append(
        "\(path) has no column for \(others.joined(separator: ", ")): deals are scored without. Name the columns with "
          + "--columns; a field that the CRM does not have is left empty there")
    }
    if let duplicates = export.duplicatesText { remarks.append("\(path): \(duplicates)") }
    return remarks
  }

  private static func isCSV(_ path: String) -> Bool {
    let name = path.lowercased()
    return [".csv", ".csv.gz", ".csv.zst"].contains { name.hasSuffix($0) }
  }
}
