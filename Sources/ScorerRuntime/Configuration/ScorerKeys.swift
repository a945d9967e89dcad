import Configuration
import Deals
import Observability

/// The keys of `scorer.yaml`, each declared once.
public enum ScorerKeys {
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

  /// The models that can be published.
  public enum Model: String, ConfigurationWord {
    /// The reference formula.
    case weighted = "weighted-v1"
    /// The rule points.
    case points = "points-v1"
  }

  static let servers = ConfigurationKey(
    "kafka.bootstrap_servers", default: "localhost:9092", "Brokers to start from, separated by commas.")
  static let security = ConfigurationKey(
    "kafka.security_protocol", default: Security.plaintext, "How the connection is secured.")
  static let saslMechanism = ConfigurationKey(
    "kafka.sasl_mechanism", default: "", "PLAIN, SCRAM-SHA-256, SCRAM-SHA-512 or OAUTHBEARER.")
  static let saslUsername = ConfigurationKey("kafka.sasl_username", default: "", "The SASL user.")
  static let saslPassword = KeyDeclaration.secret("kafka.sasl_password", "The SASL password.")
  static let caLocation = ConfigurationKey("kafka.ssl_ca_location", default: "", "File with trusted authorities.")
  static let certificateLocation = ConfigurationKey(
    "kafka.ssl_certificate_location", default: "", "File with this client's certificate.")
  static let keyLocation = ConfigurationKey("kafka.ssl_key_location", default: "", "File with its private key.")
  static let keyPassword = KeyDeclaration.secret("kafka.ssl_key_password", "The private key's pass phrase.")
  static let fetchWait = ConfigurationKey(
    "kafka.fetch_wait", default: Milliseconds(50), in: Milliseconds(1)...Milliseconds(60_000),
    "How long a broker may wait for data.")
  static let linger = ConfigurationKey(
    "kafka.linger", default: Milliseconds(1), in: Milliseconds(0)...Milliseconds(1_000),
    "How long records are gathered into a batch: more for throughput, less for latency.")
  static let sessionTimeout = ConfigurationKey(
    "kafka.session_timeout", default: Milliseconds(10_000), in: Milliseconds(1_000)...Milliseconds(300_000),
    "After how long a silent instance is out of its group.")
  static let statisticsInterval = ConfigurationKey(
    "kafka.statistics_interval", default: Milliseconds(5_000), in: Milliseconds(0)...Milliseconds(3_600_000),
    "How often the clients' own figures (lag, round trips, queues) become metrics; 0ms for never.")
  static let prefix = ConfigurationKey("topics.prefix", default: "", "Stands before every topic's name.")
  static let groupID = ConfigurationKey(
    "scorer.group_id", default: "deal-scorer", "The consumer group that all instances share.")
  static let instanceID = ConfigurationKey(
    "scorer.instance_id", default: "scorer-1", "Stable over restarts, different for each instance that runs.")
  static let threads = ConfigurationKey("scorer.threads", default: 1, in: 1...64, "Processing threads.")
  static let maximumRecord = ConfigurationKey(
    "scorer.maximum_record_bytes", default: 1_000_000, in: 1_000...100_000_000, "The largest change that is read.")
  static let guarantee = ConfigurationKey(
    "processing.guarantee", default: ScorerSettings.Guarantee.exactlyOnce,
    "What a crash may cost; the embedded broker allows at_least_once alone.")
  static let commitInterval = ConfigurationKey(
    "processing.commit_interval", default: Milliseconds(100), in: Milliseconds(1)...Milliseconds(5_000),
    "How long a transaction gathers changes.")
  static let liveWithin = ConfigurationKey(
    "live.within", default: Milliseconds(72 * 3_600_000),
    "How far behind the clock a change may be and still belong to the present.")
  static let backfillLedgerWait = ConfigurationKey(
    "backfill.ledger_wait", default: Milliseconds(100), in: Milliseconds(0)...Milliseconds(10_000),
    "How long a step of backfill waits at most for its own outcomes to come round; 0ms for the most throughput.")
  static let model = ConfigurationKey("scoring.model", default: Model.weighted, "The model that is published.")
  static let repDays = ConfigurationKey(
    "scoring.rep_windows", default: [90, 365], "Days over which a rep is judged, tried until one holds enough deals."
  ) { $0.allSatisfy { [28, 90, 365].contains($0) } && !$0.isEmpty ? nil : "must be of 28, 90 and 365" }
  static let segmentDays = ConfigurationKey(
    "scoring.segment_window", default: 365, "Days over which every other segment is judged."
  ) { [28, 90, 365].contains($0) ? nil : "must be 28, 90 or 365" }
  static let minimumDeals = ConfigurationKey(
    "scoring.minimum_deals", default: 30, in: 1...10_000, "Deals that a segment needs for its own rate to count.")
  static let halfLife = ConfigurationKey(
    "scoring.half_life_days", default: 90.0, in: 1...10_000, "After how many days a deal counts half in decayed rates.")
  static let ageingDays = ConfigurationKey(
    "ageing.days", default: [45, 60, 90], "Days in a stage after which a deal is scored again."
  ) { $0.allSatisfy { (1...3_650).contains($0) } && $0.count <= 20 ? nil : "must be at most 20 numbers of 1 to 3650" }
  static let retention = ConfigurationKey(
    "state.closed_retention_days", default: 180, in: 1...3_650, "How long the state of a closed deal is kept.")
  static let baseCurrency = ConfigurationKey(
    "currency.base", default: "USD", "The currency of every amount after conversion."
  ) { Currency($0) == nil ? "must be three capital letters" : nil }

  /// Everything that `scorer.yaml` may hold. `currency_rates` and `playbook` have a structure of their own.
  public static let schema = ConfigurationSchema(
    keys: [
      servers.declaration, security.declaration, saslMechanism.declaration, saslUsername.declaration, saslPassword,
      caLocation.declaration, certificateLocation.declaration, keyLocation.declaration, keyPassword,
      fetchWait.declaration, linger.declaration, sessionTimeout.declaration, statisticsInterval.declaration,
      prefix.declaration, groupID.declaration,
      instanceID.declaration, threads.declaration, maximumRecord.declaration, guarantee.declaration,
      commitInterval.declaration, liveWithin.declaration, backfillLedgerWait.declaration, model.declaration,
      repDays.declaration,
      segmentDays.declaration, minimumDeals.declaration, halfLife.declaration, ageingDays.declaration,
      retention.declaration, baseCurrency.declaration,
    ] + ObservabilityKeys.all, parts: ["currency_rates", "playbook"])

  /// The keys on which a score depends: they make the configuration's hash.
  static let scoring = [
    "scoring.model", "scoring.rep_windows", "scoring.segment_window", "scoring.minimum_deals", "scoring.half_life_days",
    "ageing.days", "currency.base",
  ]
}

extension ScorerSettings.Guarantee: ConfigurationWord {}
