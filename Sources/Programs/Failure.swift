import ArgumentParser
import Foundation

/// Ends a program with words on standard error and a status.
public struct Failure: Error, CustomStringConvertible {
  /// What is wrong and what to do; a line break begins another line with the program's name before it.
  public var text: String
  /// The exit status: 2 for a wrong configuration or use, 3 for a broker that refuses, 1 for anything else.
  public var status: Int32

  /// A failure.
  public init(text: String, status: Int32 = 1) {
    self.text = text
    self.status = status
  }

  /// The text.
  public var description: String { text }
}

extension AsyncParsableCommand {
  /// Runs the program: what `main` calls. A `Failure` is told in its own words, without the help that usage errors get.
  ///
  /// - Parameter status: The exit status of an error that is no `Failure` and is told in the same way; nil of any other.
  public static func runProgram(status: (any Error) -> Int32? = { _ in nil }) async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      guard let status = (error as? Failure)?.status ?? status(error) else { exit(withError: error) }
      let name = configuration.commandName ?? "\(Self.self)"
      let lines = "\(error)".split(separator: "\n").map { "\(name): \($0)\n" }.joined()
      // Where they can't be written, the status has to say it all.
      try? FileHandle.standardError.write(contentsOf: Data(lines.utf8))
      Foundation.exit(status)
    }
  }
}
