import EngineConfiguration
import ArgumentParser
import Replay

/// Which model scores, and how it is configured.
struct ModelOptions: ParsableArguments {
  @Option(help: "The model, everything at its default: \(ModelName.allCases.map(\.rawValue).joined(separator: ", ")).")
  var model: ModelName?

  @Option(
    help:
      "The scorer's configuration file, such as config/scorer.yaml, or the part of one that deal-replay tune writes.")
  var config: String?

  func validate() throws {
    if model != nil, config != nil { throw ValidationError("give --model or --config, not both") }
  }

  func configuration() throws -> ScoringConfiguration {
    if let config { return try ScoringConfiguration(file: config) }
    return ScoringConfiguration(model ?? .weighted)
  }
}
