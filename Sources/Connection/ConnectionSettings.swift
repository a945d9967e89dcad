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
    let security = configuration[ConnectionKeys.security]
    let isSASL = security == .saslPlaintext || security == .saslSSL
    let isTLS = security == .ssl || security == .saslSSL
    func fault(_ key: String, because other: String? = ConnectionKeys.security.name, _ text: String) {
      faults.append(configuration.fault(key, because: other, text))
    }
    if isSASL { login(configuration, fault) }
    let saslKeys = [
      ConnectionKeys.saslMechanism.name, ConnectionKeys.saslUsername.name, ConnectionKeys.saslPassword.name,
    ]
    if !isSASL, let key = saslKeys.first(where: { configuration.isFilled($0) }) {
      fault(
        ConnectionKeys.security.name, because: key,
        "is \(security.rawValue), so that nobody would log in: set sasl_ssl, or take \(key) away")
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
    if !isTLS, configuration.isFilled(ConnectionKeys.keyPassword.name) {
      fault(
        ConnectionKeys.keyPassword.name,
        "is set, but \(ConnectionKeys.security.name) is \(security.rawValue): set ssl or sasl_ssl")
    }
    let pair = [ConnectionKeys.certificateLocation, ConnectionKeys.keyLocation]
    if let set = pair.first(where: { !configuration[$0].isEmpty }),
      let other = pair.first(where: { configuration[$0].isEmpty })
    {
      fault(other.name, because: set.name, "goes with \(set.name): set both or neither")
    }
    return faults
  }

  /// Who logs in needs a way, a name and a password.
  private static func login(_ configuration: Configuration, _ fault: (String, String?, String) -> Void) {
    let mechanism = configuration[ConnectionKeys.saslMechanism]
    let asking = configuration[ConnectionKeys.security].rawValue
    guard !mechanism.isEmpty else {
      return fault(
        ConnectionKeys.saslMechanism.name, ConnectionKeys.security.name,
        "must be set with \(asking): \(ConnectionKeys.mechanisms)")
    }
    if configuration[ConnectionKeys.saslUsername].isEmpty {
      fault(ConnectionKeys.saslUsername.name, ConnectionKeys.saslMechanism.name, "must be set with \(mechanism)")
    }
    if !configuration.isFilled(ConnectionKeys.saslPassword.name) {
      fault(
        ConnectionKeys.saslPassword.name, ConnectionKeys.saslMechanism.name,
        "must be set with \(mechanism): by DEALPULSE_KAFKA_SASL_PASSWORD or \(ConnectionKeys.saslPassword.name)_file")
    }
  }
}

extension Configuration {
  /// Whether a text or a secret is set to something.
  fileprivate func isFilled(_ name: String) -> Bool { !(secret(name) ?? "").isEmpty }
}
