import ArgumentParser
import Foundation
import Replay

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
}

/// Where a result goes.
struct ResultFile {
  /// The file; nil for standard output.
  var path: String?

  /// Writes a text whole; a file is replaced only when all of it is there.
  func write(_ text: String) throws {
    guard let path else {
      FileHandle.standardOutput.write(Data(text.utf8))
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
  FileHandle.standardError.write(Data("deal-replay: \(text)\n".utf8))
}
