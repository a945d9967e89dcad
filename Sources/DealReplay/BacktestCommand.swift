import ArgumentParser
import Replay

/// `deal-replay backtest`: what scores would have been worth.
struct BacktestCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "backtest", abstract: "Holds the scores of a history against what became of the deals.",
    discussion: """
      Test-then-train: each score is made with what was known before its deal's outcome. Beside it stand the same figures \
      in-sample, where every score has seen its own outcome: the difference is a leak, and no skill.
      """)

  @OptionGroup var history: HistoryOptions

  @Option(parsing: .upToNextOption, help: "The models; all where none is given.")
  var model: [ModelName] = []

  @Option(help: "What is written.")
  var format = Format.text

  @Option(help: "The file to write; standard output where it is not given.")
  var output: String?

  func run() throws {
    let names = model.isEmpty ? ModelName.allCases : model
    let backtest = Backtest(try history.load(), names.map { Backtest.Candidate($0) })
    try ResultFile(path: output).write(format == .json ? backtest.json : backtest.text)
  }
}
