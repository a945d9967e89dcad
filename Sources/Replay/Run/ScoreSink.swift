import Deals

/// Where the scores of a replay go. Belongs to the thread of the replay.
public protocol ScoreSink: AnyObject {
  /// How much has been written, in the sink's own measure: a checkpoint keeps it.
  var length: UInt64 { get }
  /// Comes before the first score. A sink that keeps what lies behind a checkpoint finds out what that is.
  func begin(isResumed: Bool) throws
  /// Takes in a score.
  func append(_ event: RiskEvent) throws
  /// Waits until all of it is where no kill can take it away, nor a checkpoint get ahead of it.
  func synchronize() throws
  /// Waits until all of it is written.
  func finish() throws
}

extension ScoreSink {
  /// Nothing: a file is cut back to its checkpoint.
  public func begin(isResumed: Bool) throws {}

  /// The same as for a checkpoint.
  public func finish() throws { try synchronize() }
}

/// How the scores of a replay are written into a file.
public enum ScoreFormat: String, CaseIterable, Sendable {
  /// Events of `deals.risk`, one in a line, with components, reasons and actions.
  case jsonl
  /// A table with a header: the figures of each score and of its deal.
  case csv

  /// Whether a score is written with its reasons and actions.
  var hasWords: Bool { self == .jsonl }

  /// Opens a file of so many bytes that holds scores already; what stands behind them is cut off.
  func sink(path: String, length: UInt64) throws -> any ScoreSink {
    switch self {
    case .jsonl: try ScoreLines(path: path, length: length)
    case .csv: try ScoreTable(path: path, length: length)
    }
  }
}

/// Scores as events of `deals.risk`, one in a line.
final class ScoreLines: ScoreSink {
  private let file: ResultStream<JSONWriter>

  init(path: String, length: UInt64) throws { file = try ResultStream(JSONWriter(), path: path, length: length) }

  var length: UInt64 { file.length }
  func append(_ event: RiskEvent) throws { try file.append { $0.riskEvent(event) } }
  func synchronize() throws { try file.synchronize() }
  func finish() throws { try file.finish() }
}

/// Scores as a table, its header in the first line.
final class ScoreTable: ScoreSink {
  private let file: ResultStream<CSVWriter>

  init(path: String, length: UInt64) throws {
    file = try ResultStream(CSVWriter(), path: path, length: length)
    // A table that is gone on with has its header.
    if length == 0 { try file.append { $0.riskHeader() } }
  }

  var length: UInt64 { file.length }
  func append(_ event: RiskEvent) throws { try file.append { $0.riskEvent(event) } }
  func synchronize() throws { try file.synchronize() }
  func finish() throws { try file.finish() }
}
