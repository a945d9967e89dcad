import ArgumentParser
import Configuration
import Connection

/// The flags by which every program is told its cluster and topics. What they leave out comes from the environment
/// (`DEALPULSE_KAFKA_…`, `KAFKA_BOOTSTRAP_SERVERS`), then from a file.
public struct ConnectionOptions: ParsableArguments, Sendable {
  /// Brokers.
  @Option(help: "Brokers to start from, host:port separated by commas.") public var bootstrapServers: String?
  /// The prefix of the topics.
  @Option(help: "What stands before every topic's name.") public var topicPrefix: String?
  /// The form of log lines.
  @Option(help: "How log lines look: auto, json or text.") public var logFormat: String?

  /// No flags.
  public init() {}

  /// The flags that were given, as keys and values.
  public var flags: [(String, String)] {
    [
      ("kafka.bootstrap_servers", bootstrapServers), ("topics.prefix", topicPrefix), ("logging.format", logFormat),
    ].compactMap { key, value in value.map { (key, $0) } }
  }

  /// The connection that they, the environment and a file make.
  ///
  /// - Throws: `Failure` with everything that is wrong, status 2.
  public func settings(
    clientID: String, file: String? = nil, schema: ConfigurationSchema = ConnectionSettings.schema
  ) throws -> ConnectionSettings {
    do {
      return try ConnectionSettings.load(file: file, schema: schema, flags: flags, clientID: clientID)
    } catch {
      throw Failure(text: "\(error)", status: 2)
    }
  }
}
