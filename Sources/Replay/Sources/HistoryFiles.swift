import Deals

/// The files of a history, of whatever kind.
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

  /// Files.
  public init(paths: [String]) { self.paths = paths }

  /// Reads all of them.
  ///
  /// - Throws: `ReplayError` where a file can't be read.
  public func read() throws -> Contents {
    let lines = try ChangeLines().read(paths)
    return Contents(history: DealHistory(lines.changes), unreadable: lines.unreadable)
  }
}
