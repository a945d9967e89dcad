import Configuration
import Observability

/// The keys that say which cluster a program talks to and how, the same in every program.
public enum ConnectionKeys {
  /// How the connection is secured.
  public enum Security: String, ConfigurationWord {
    /// Neither encrypted nor authenticated.
    case plaintext
    /// TLS.
    case ssl
    /// SASL without TLS.
    case saslPlaintext = "sasl_plaintext"
    /// SASL over TLS.
    case saslSSL = "sasl_ssl"
  }

  static let servers = ConfigurationKey(
    "kafka.bootstrap_servers", default: "localhost:9092", "Brokers to start from, separated by commas."
  ) { text in
    let brokers = text.split(separator: ",", omittingEmptySubsequences: false)
    return brokers.allSatisfy(isBroker) ? nil : "must be brokers like host:9092, separated by commas"
  }
  static let security = ConfigurationKey(
    "kafka.security_protocol", default: Security.plaintext, "How the connection is secured.")
  static let mechanisms = "PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"
  static let saslMechanism = ConfigurationKey(
    "kafka.sasl_mechanism", default: "", "How to log in: \(mechanisms)."
  ) { ["", "PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"].contains($0) ? nil : "must be \(mechanisms)" }
  static let saslUsername = ConfigurationKey("kafka.sasl_username", default: "", "The SASL user.")
  static let saslPassword = KeyDeclaration.secret("kafka.sasl_password", "The SASL password.")
  static let caLocation = ConfigurationKey("kafka.ssl_ca_location", default: "", "File with trusted authorities.")
  static let certificateLocation = ConfigurationKey(
    "kafka.ssl_certificate_location", default: "", "File with this client's certificate.")
  static let keyLocation = ConfigurationKey("kafka.ssl_key_location", default: "", "File with its private key.")
  static let keyPassword = KeyDeclaration.secret("kafka.ssl_key_password", "The private key's pass phrase.")
  static let statisticsInterval = ConfigurationKey(
    "kafka.statistics_interval", default: Milliseconds(5_000), in: Milliseconds(0)...Milliseconds(3_600_000),
    "How often the clients' own figures (lag, round trips, queues) become metrics; 0ms for never.")
  static let prefix = ConfigurationKey(
    "topics.prefix", default: "", "Stands before every topic's name."
  ) { text in
    // Kafka's names have 249 characters at most, and ours stand behind it.
    let isLegal = text.utf8.allSatisfy { isLetterOrDigit($0) || "._-".utf8.contains($0) } && text.utf8.count <= 150
    return isLegal ? nil : "must be at most 150 letters, digits, dots, dashes and underscores"
  }

  /// host, host:port or [address]:port, with or without a protocol before it.
  private static func isBroker(_ text: Substring) -> Bool {
    var rest = text.drop { $0 == " " }
    while rest.last == " " { rest.removeLast() }
    if let end = rest.firstRange(of: "://")?.upperBound { rest = rest[end...] }
    if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("]") {
      guard let port = Int(rest[rest.index(after: colon)...]), (1...65_535).contains(port) else { return false }
      rest = rest[..<colon]
    }
    return !rest.isEmpty && rest.utf8.allSatisfy { isLetterOrDigit($0) || "._-[]:%".utf8.contains($0) }
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// All of them, and those of logging and metrics, for a program's schema.
  public static let all: [KeyDeclaration] =
    [
      servers.declaration, security.declaration, saslMechanism.declaration, saslUsername.declaration, saslPassword,
      caLocation.declaration, certificateLocation.declaration, keyLocation.declaration, keyPassword,
      statisticsInterval.declaration, prefix.declaration,
    ] + ObservabilityKeys.all
}
