import Deals
import Foundation

/// Scores on standard output. Nothing of it can be taken back, so no replay goes on from there.
public final class StandardOutputScores: ScoreSink {
  /// Bytes after which what was gathered is written.
  private static let size = 1 << 18

  private let format: ScoreFormat
  private let file: FileHandle
  private var lines = JSONWriter()
  private var table = CSVWriter()
  private var written: UInt64 = 0

  /// One that has written nothing.
  public convenience init(_ format: ScoreFormat) { self.init(format, .standardOutput) }

  init(_ format: ScoreFormat, _ file: FileHandle) {
    self.format = format
    self.file = file
    guard format == .csv else { return }
    table.riskHeader()
    table.endLine()
  }

  /// Bytes so far, those that wait to be written included.
  public var length: UInt64 { written + UInt64(lines.count + table.count) }

  /// Writes a score as a line.
  public func append(_ event: RiskEvent) throws {
    switch format {
    case .jsonl:
      lines.riskEvent(event)
      lines.endLine()
    case .csv:
      table.riskEvent(event)
      table.endLine()
    }
    if lines.count + table.count >= Self.size { try synchronize() }
  }

  /// Writes what was gathered.
  ///
  /// - Throws: `ReplayError.unwritable`.
  public func synchronize() throws {
    let piece = TextPiece(capacity: 2 * Self.size)
    if format == .csv { table.exchange(with: piece) } else { lines.exchange(with: piece) }
    written += UInt64(piece.count)
    do {
      try file.write(contentsOf: piece.withBytes { Data($0) })
    } catch {
      throw ReplayError.unwritable(file: "standard output", reason: error.localizedDescription)
    }
  }
}
