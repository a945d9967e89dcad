/// Why the router's store can't be used, and what to do.
public enum StoreError: Error, Sendable, CustomStringConvertible {
  /// SQLite refused: the disk is full, the file locked, damaged or not writable.
  case failed(path: String, String)

  /// The words.
  public var description: String {
    switch self {
    case .failed(let path, let text):
      "the store \(path) can't be used (\(text)): make room or mend the file; nothing is lost, Kafka's offsets wait"
    }
  }
}
