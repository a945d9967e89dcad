import ArgumentParser
import EngineConfiguration
import Foundation
import Replay

/// Which model scores, and how it is configured: a file, the environment and flags, as for the scorer.
struct ModelOptions: ParsableArguments {
  @Option(help: "The model: \(ModelName.allCases.map(\.rawValue).joined(separator: ", ")).")
  var model: ModelName?

  @Option(
    help:
      "The scorer's configuration file, such as config/scorer.yaml, or the part of one that deal-replay tune writes.")
  var config: String?

  @Option(help: "The scorer's playbook, such as config/playbook.yaml.")
  var playbook: String?

  @Option(help: "A key of the scorer's configuration, such as scoring.minimum_deals=20; may be given several times.")
  var set: [String] = []

  func validate() throws {
    if model != nil, config != nil { throw ValidationError("give --model or --config, not both") }
    _ = try SetFlags.pairs(self.set)
  }

  /// What scores depend on.
  ///
  /// - Parameter parts: Parts of the configuration whose flags somebody else reads.
  func configuration(besides parts: Set<String> = []) throws -> ScoringConfiguration {
    let own = try SetFlags.pairs(self.set).filter { !SetFlags.isPart($0.0, of: parts) }
    return try ScoringConfiguration(
      file: config, playbook: playbook, environment: ProcessInfo.processInfo.environment,
      flags: (model.map { [("scoring.model", $0.rawValue)] } ?? []) + own)
  }

  /// The flags of those parts.
  func flags(of parts: Set<String>) throws -> [(String, String)] {
    try SetFlags.pairs(self.set).filter { SetFlags.isPart($0.0, of: parts) }
  }
}

/// `--set key=value`.
enum SetFlags {
  /// Keys and values.
  static func pairs(_ texts: [String]) throws -> [(String, String)] {
    try texts.map { pair in
      guard let place = pair.firstIndex(of: "=") else {
        throw ValidationError("--set is \(pair): write it like scoring.model=points-v1")
      }
      return (String(pair[..<place]), String(pair[pair.index(after: place)...]))
    }
  }

  static func isPart(_ key: String, of parts: Set<String>) -> Bool { parts.contains(String(key.prefix { $0 != "." })) }
}
