import Configuration
import Foundation

/// How log lines look.
public enum LogFormat: String, ConfigurationWord {
  /// Text on a terminal, JSON elsewhere.
  case auto
  /// One JSON object a line.
  case json
  /// A line for people.
  case text

  /// The format for a file descriptor: `auto` becomes one of the others.
  public func resolved(for descriptor: Int32) -> LogFormat {
    guard self == .auto else { return self }
    return isatty(descriptor) == 1 ? .text : .json
  }
}
