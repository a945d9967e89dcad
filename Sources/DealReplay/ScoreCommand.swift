import EngineConfiguration
import ArgumentParser
import Replay

extension ModelName: ExpressibleByArgument {}
extension BaselineKnowledge: ExpressibleByArgument {}

/// `deal-replay score`: every deal of a history at its last moment.
struct ScoreCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case csv, jsonl }

  static let configuration = CommandConfiguration(
    commandName: "score", abstract: "Scores every deal of a history as of its close, or of the end where it is open.")

  @OptionGroup var history: HistoryOptions

  @OptionGroup var model: ModelOptions

  @Option(
    help: ArgumentHelp(
      "Which outcomes a score may know.",
      discussion: "point-in-time: those known before the deal's last moment; final: all, its own included."))
  var baselines = BaselineKnowledge.pointInTime

  @Option(help: "What is written.")
  var format = Format.csv

  @Option(help: "The file to write; standard output where it is not given.")
  var output: String?

  func validate() throws {
    try ResultFile.refuse(output, among: history.files + [model.config, model.playbook])
  }

  func run() throws {
    try ResultFile(path: output).check()
    let lives = DealLives(try history.load())
    if lives.lives.isEmpty { note("the history is empty: there is nothing to score") }
    if lives.deletedDeals > 0 { note("\(lives.deletedDeals) deals were deleted by the CRM and have no score") }
    let model = try model.configuration().settings(for: baselines).model
    let deals = HistoryScorer(model: model, knowledge: baselines).score(lives)
    try ResultFile(path: output).write(text(deals))
  }

  private func text(_ deals: [ScoredDeal]) -> String {
    var lines: [String] = []
    lines.reserveCapacity(deals.count + 1)
    switch format {
    case .csv:
      lines.append(ScoredDealsCSV.header)
      for deal in deals { lines.append(ScoredDealsCSV().line(deal)) }
    case .jsonl:
      var writer = ScoredDealsJSON()
      for deal in deals { lines.append(writer.line(deal)) }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
