import EngineConfiguration
import ArgumentParser
import Replay

/// `deal-replay backtest`: what scores would have been worth.
struct BacktestCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json, html }

  static let configuration = CommandConfiguration(
    commandName: "backtest", abstract: "Holds the scores of a history against what became of the deals.",
    discussion: """
      Test-then-train: each score is made with what was known before its deal's outcome. Beside it stand the same figures \
      in-sample, where every score has seen its own outcome: the difference is a leak, and no skill.
      """)

  @OptionGroup var history: HistoryOptions

  @Option(parsing: .upToNextOption, help: "The models; all where none is given.")
  var model: [ModelName] = []

  @Option(parsing: .upToNextOption, help: "Configuration files to judge beside them.")
  var config: [String] = []

  @Option(help: "The true chances of a simulated history, as dealpulse simulate --truth writes them.")
  var truth: String?

  @Flag(help: "Add the figures by quarter, age and segment to the text; json and html always have them.")
  var details = false

  @Option(help: "What is written.")
  var format = Format.text

  @Option(help: "The file to write; standard output where it is not given.")
  var output: String?

  func validate() throws {
    try ResultFile.refuse(output, among: history.files + config + [truth])
  }

  func run() throws {
    try ResultFile(path: output).check()
    let names = model.isEmpty && config.isEmpty ? ModelName.allCases : model
    let configurations =
      names.map { ScoringConfiguration($0) } + (try config.map { try ScoringConfiguration(file: $0) })
    var backtest = Backtest(try history.load(), configurations.map(\.candidate))
    backtest.truth = try truth.map { try TrueChances(path: $0).joined(with: backtest.outcomes) }
    try ResultFile(path: output).write(text(backtest))
  }

  private func text(_ backtest: Backtest) -> String {
    switch format {
    case .text: backtest.text(details: details)
    case .json: backtest.json
    case .html: backtest.page(title: "Backtest").html
    }
  }
}
