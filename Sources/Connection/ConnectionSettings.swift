import Configuration
import Foundation
import Kafka
import Observability
import Topics

/// Which cluster and which topics a program is about, and how it tells of itself.
public struct ConnectionSettings: Sendable {
  /// The connection.
  public var client: ClientConfiguration
  /// The topics' names.
  public var topics: TopicNames
  /// Logging and metrics.
  public var observability: ObservabilitySettings
  /// Every key with its value and source, secrets hidden.
  public var effective: [(key: String, value: String, source: String)]

  /// A schema of these keys alone.
  public static let schema = ConfigurationSchema(keys: ConnectionKeys.all)

  /// What a configuration says whose schema has `ConnectionKeys.all`.
  ///
  /// - Throws: `ConfigurationFaults` where keys contradict each other or name files that can't be read.
  public init(_ configuration: Configuration, clientID: String) throws(ConfigurationFaults) {
    func text(_ key: ConfigurationKey<String>) -> String? {
      let value = configuration[key]
      return value.isEmpty ? nil : value
    }
    client = ClientConfiguration(bootstrapServers: configuration[ConnectionKeys.servers], clientID: clientID)
    client.securityProtocol =
      ClientConfiguration.SecurityProtocol(rawValue: configuration[ConnectionKeys.security].rawValue) ?? .plaintext
    client.saslMechanism = text(ConnectionKeys.saslMechanism)
    client.saslUsername = text(ConnectionKeys.saslUsername)
    client.saslPassword = configuration.secret(ConnectionKeys.saslPassword.name).map { Secret($0) }
    client.caLocation = text(ConnectionKeys.caLocation)
    client.certificateLocation = text(ConnectionKeys.certificateLocation)
    client.keyLocation = text(ConnectionKeys.keyLocation)
    client.keyPassword = configuration.secret(ConnectionKeys.keyPassword.name).map { Secret($0) }
    client.statisticsInterval = Int(configuration[ConnectionKeys.statisticsInterval].value)
    topics = TopicNames(prefix: configuration[ConnectionKeys.prefix])
    observability = ObservabilitySettings(configuration)
    effective = configuration.effective
    let faults = Self.contradictions(configuration)
    if !faults.isEmpty { throw ConfigurationFaults(faults) }
  }

  /// Loads a file, the environment and flags.
  ///
  /// - Throws: `ConfigurationFaults` with everything that is wrong.
  public static func load(
    file: String? = nil, schema: ConfigurationSchema = schema,
    environment: [String: String] = ProcessInfo.processInfo.environment, flags: [(String, String)], clientID: String
  ) throws(ConfigurationFaults) -> ConnectionSettings {
    let configuration = try Configuration(schema, file: file, environment: environment, flags: flags)
    return try ConnectionSettings(configuration, clientID: clientID)
  }

  /// What librdkafka would only say when it connects, or never: a setting that has no effect, half a pair, a missing file.
  private static func contradictions(_ configuration: Configuration) -> [ConfigurationFault] {
    var faults: [ConfigurationFault] = []
    func fault(_ key: String, _ text: String) {
      let source = configuration.effective.first { $0.key == key }?.source ?? "configuration"
      faults.append(ConfigurationFault(source: source, key: key, text))
    }
    let security = configuration[ConnectionKeys.security]
    let isSASL = security == .saslPlaintext || security == .saslSSL
    let isTLS = security == .ssl || security == .saslSSL
    let mechanism = configuration[ConnectionKeys.saslMechanism]
    let hasPassword = configuration.secret(ConnectionKeys.saslPassword.name) != nil
    if isSASL, mechanism.isEmpty {
      fault(
        ConnectionKeys.saslMechanism.name, "must be set with \(security.rawValue): PLAIN, SCRAM-SHA-256, SCRAM-SHA-512")
    }
    if isSASL, ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"].contains(mechanism) {
      if configuration[ConnectionKeys.saslUsername].isEmpty {
        fault(ConnectionKeys.saslUsername.name, "must be set with \(mechanism)")
      }
      if !hasPassword {
        fault(
          ConnectionKeys.saslPassword.name,
          "must be set with \(mechanism): by DEALPULSE_KAFKA_SASL_PASSWORD or \(ConnectionKeys.saslPassword.name)_file")
      }
    }
    if !isSASL, !mechanism.isEmpty || hasPassword {
      fault(
        ConnectionKeys.security.name,
        "is \(security.rawValue), so that nobody would log in: set sasl_ssl, or take the sasl_ keys away")
    }
    for key in [ConnectionKeys.caLocation, ConnectionKeys.certificateLocation, ConnectionKeys.keyLocation] {
      let path = configuration[key]
      guard !path.isEmpty else { continue }
      if !isTLS {
        fault(key.name, "is set, but \(ConnectionKeys.security.name) is \(security.rawValue): set ssl or sasl_ssl")
      } else if !FileManager.default.isReadableFile(atPath: path) {
        fault(key.name, "\(path) can't be read: check the path and the permissions")
      }
    }
    let (certificate, key) = (
      configuration[ConnectionKeys.certificateLocation], configuration[ConnectionKeys.keyLocation]
    )
    if certificate.isEmpty != key.isEmpty {
      fault(
        ConnectionKeys.keyLocation.name, "goes with \(ConnectionKeys.certificateLocation.name): set both or neither")
    }
    return faults
  }
}
