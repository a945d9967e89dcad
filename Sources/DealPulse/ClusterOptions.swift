import ArgumentParser
import Connection
import Kafka
import Programs
import ScorerRuntime
import Topics

/// Which cluster and which topics a command is about: by flags, the environment or the scorer's configuration.
struct ClusterOptions: ParsableArguments {
  @Option(help: "A configuration that says how to connect, such as config/scorer.yaml.") var config: String?
  @OptionGroup var connection: ConnectionOptions

  /// Loads it and begins to log as it says: once in a command.
  func settings() throws -> ConnectionSettings {
    let settings = try connection.settings(clientID: "dealpulse", file: config, schema: ScorerKeys.schema)
    settings.observability.bootstrapLogging()
    return settings
  }
}
