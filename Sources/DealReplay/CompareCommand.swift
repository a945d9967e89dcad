import ArgumentParser
import Deals
import EngineConfiguration
import Foundation
import Replay

/// `deal-replay compare`: what a change of model or configuration would have done.
struct CompareCommand: ParsableCommand {
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Holds two models or configurations against each other over the same history.")

  @Argument(help: "The first: a model's name or a configuration file.")
  var first: String

  @Argument(help: "The second.")
  var second: String

  @OptionGroup var history: HistoryOptions

  @Option(help: "The tier from which on a score is an alert: Medium, High or Critical.")
  var alertTier = "Critical"

  @Option(help: "What is written.")
  var format = Format.text

  @Option(help: "The file to write; standard output where it is not given.")
  var output: String?

  /// As it is written, in whatever case; Low, of which there are no alerts, where there is no such tier.
  private var tier: RiskTier { RiskTier(name: alertTier.capitalized) ?? .low }

  func validate() throws {
    for name in [first, second] where ModelName(rawValue: name) == nil {
      guard !FileManager.default.fileExists(atPath: name) else { continue }
      throw ValidationError(
        "\(name) is no file, and no model either: these are \(ModelName.allCases.map(\.rawValue).joined(separator: ", "))"
      )
    }
    guard tier > .low else {
      throw ValidationError("--alert-tier is \(alertTier): write Medium, High or Critical")
    }
    try ResultFile.refuse(output, among: history.files + [first, second])
  }

  func run() throws {
    try ResultFile(path: output).check()
    let (left, right) = (
      try ScoringConfiguration(nameOrFile: first), try ScoringConfiguration(nameOrFile: second)
    )
    let comparison = Comparison(
      try history.load(), left, right, alertTier: tier)
    try ResultFile(path: output).write(format == .json ? comparison.json : comparison.text)
  }
}
