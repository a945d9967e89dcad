/// A line of the input that could not be used.
public struct UnreadableLine: Hashable, Sendable {
  /// The file.
  public var file: String
  /// The line's number, from 1.
  public var line: Int
  /// What is wrong with it and what to do.
  public var reason: String

  /// A line.
  public init(file: String, line: Int, reason: String) {
    self.file = file
    self.line = line
    self.reason = reason
  }
}

extension UnreadableLine: CustomStringConvertible {
  /// file:line: reason.
  public var description: String { "\(file):\(line): \(reason)" }
}
