import ArgumentParser
import CRMImport
import Configuration
import Foundation
import Kafka
import Programs
import Replay
import ReplayTopics

/// `deal-replay`: history scored again with the engine that scores the present.
@main
struct DealReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deal-replay",
    abstract: "Scores history again, checks published scores, and tells what a score is worth.",
    subcommands: [
      ScoreCommand.self, RunCommand.self, BacktestCommand.self, CompareCommand.self, TuneCommand.self,
      ReportCommand.self, InsightsCommand.self, EvaluateTrendsCommand.self,
      VerifyCommand.self,
    ])

  static func main() async { await runProgram(status: status) }

  /// 2 where configuration or input is wrong, 3 where a broker refuses or is away: 1 is left to what a command found.
  private static func status(of error: any Error) -> Int32? {
    switch error {
    case is ConfigurationFaults, is ReplayError, is ImportError, is ReplayTopicError: 2
    case ClusterReaderError.silent: 3
    case is ClusterReaderError: 2
    case is KafkaError: 3
    default: nil
    }
  }
}

/// Where a result goes.
struct ResultFile {
  /// - Throws: Where it is one of the files that are read: it would be gone with the first byte that is written.
  static func refuse(_ output: String?, among inputs: [String?]) throws {
    guard let output else { return }
    guard let written = identity(output) else { return }
    for case let input? in inputs where identity(input) == written {
      throw ValidationError("--output is \(output), which is read: write to another file")
    }
  }

  /// What tells a file from another, whatever its name; nil of one that is not there, and of a pipe or device.
  private static func identity(_ path: String) -> [UInt64]? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return [UInt64(status.st_dev), UInt64(status.st_ino)]
  }

  /// The file; nil for standard output.
  var path: String?

  /// Whether it can be written: a long computation should not end with finding out.
  ///
  /// - Parameter makingFolder: Whether its folder is made where it is not there.
  /// - Throws: `ReplayError.unwritable`.
  func check(makingFolder: Bool = false) throws(ReplayError) {
    guard let path else { return }
    let folder = URL(filePath: path).deletingLastPathComponent().path
    if makingFolder {
      do {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      } catch {
        throw .unwritable(file: folder, reason: error.localizedDescription)
      }
    }
    var status = stat()
    if stat(path, &status) == 0 {
      if status.st_mode & S_IFMT == S_IFDIR { throw .unwritable(file: path, reason: "it is a folder") }
      // A device or a pipe is not replaced.
      if status.st_mode & S_IFMT != S_IFREG { return }
    }
    guard access(folder, W_OK | X_OK) == 0 else {
      throw .unwritable(file: path, reason: String(cString: strerror(errno)))
    }
  }

  /// Writes a text whole; a file is replaced only when all of it is there.
  func write(_ text: String) throws {
    guard let path else {
      do {
        try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
      } catch {
        throw ReplayError.unwritable(file: "standard output", reason: error.localizedDescription)
      }
      return
    }
    do {
      try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    } catch {
      throw ReplayError.unwritable(file: path, reason: error.localizedDescription)
    }
  }
}

/// Says something to the person at the terminal; results go to standard output alone.
func note(_ text: String) {
  try? FileHandle.standardError.write(contentsOf: Data("deal-replay: \(text)\n".utf8))
}
