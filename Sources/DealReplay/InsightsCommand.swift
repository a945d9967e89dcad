import ArgumentParser
import Deals
import EngineConfiguration
import Replay
import ScorerRuntime
import Trends

/// `deal-replay insights`: what the outcomes of a history say.
struct InsightsCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case json, text }

  static let configuration = CommandConfiguration(
    commandName: "insights",
    abstract: "Tells what drives the win rates of a history: factors, combinations, reps, quarters, shifts.",
    discussion: """
      Tiers are those of weighted-v1 in-sample, as the reference has them: for what a score is worth see backtest.
      Shifts are those that a live scorer would have told of the outcomes and of its own scores, with the keys under trends
      of the file that --config names. Nothing is told of hours without changes, as a file has no clock.
      """)

  @OptionGroup var history: HistoryOptions
  @OptionGroup var model: ModelOptions

  @Option(help: "What is written.")
  var format = Format.text

  @Option(help: "The file to write; standard output where it is not given.")
  var output: String?

  func validate() throws {
    try ResultFile.refuse(output, among: history.files + [model.config, model.playbook])
  }

  func run() throws {
    try ResultFile(path: output).check()
    let watched = try model.config.map { try TrendSettings(file: $0) } ?? TrendSettings()
    let configuration = try model.configuration()
    let closed = ClosedHistory(try history.load(), settings: configuration.settings, watched: watched)
    let (insights, shifts) = (closed.insights, closed.shifts)
    switch format {
    case .json:
      let tiers = tiers(closed.lives, configuration)
      try ResultFile(path: output).write(insights.json(tiers: tiers, shifts: shifts, reports: closed.reports) + "\n")
    case .text:
      let text =
        insights.text(currency: closed.currency) + ShiftText.section(shifts) + Insights.modelHealth(closed.reports)
      try ResultFile(path: output).write(text + "\n")
    }
  }

  private func tiers(_ lives: DealLives, _ configuration: ScoringConfiguration) -> [(name: String, tally: Tally)] {
    let model = configuration.settings(for: .final).model
    var tiers: [RiskTier: Tally] = [:]
    for deal in HistoryScorer(model: model, knowledge: .final).score(lives) {
      guard let outcome = deal.outcome else { continue }
      tiers[deal.assessment.tier, default: Tally()].count(outcome)
    }
    return tiers.map { ($0.key.name, $0.value) }
  }
}
