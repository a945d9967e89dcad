/// A text that is never printed.
public struct Secret: Hashable, Sendable, CustomStringConvertible {
  /// The text itself.
  public let value: String
  /// Hides a text.
  public init(_ value: String) { self.value = value }
  /// Three stars.
  public var description: String { "***" }
}

/// How to reach and log in to a cluster; the same for every client.
public struct ClientConfiguration: Hashable, Sendable {
  /// How the connection is secured.
  public enum SecurityProtocol: String, CaseIterable, Hashable, Sendable {
    /// Neither encrypted nor authenticated.
    case plaintext
    /// TLS.
    case ssl
    /// SASL without TLS.
    case saslPlaintext = "sasl_plaintext"
    /// SASL over TLS.
    case saslSSL = "sasl_ssl"
  }

  /// Brokers to start from, `host:port` separated by commas.
  public var bootstrapServers: String
  /// How this client calls itself in the brokers' logs.
  public var clientID: String
  /// How the connection is secured.
  public var securityProtocol: SecurityProtocol = .plaintext
  /// PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.
  public var saslMechanism: String?
  /// The SASL user.
  public var saslUsername: String?
  /// The SASL password.
  public var saslPassword: Secret?
  /// The file with the authorities whose certificates are trusted.
  public var caLocation: String?
  /// The file with this client's certificate.
  public var certificateLocation: String?
  /// The file with this client's private key.
  public var keyLocation: String?
  /// The pass phrase of the private key.
  public var keyPassword: Secret?
  /// How often librdkafka reports its statistics, in milliseconds; 0 for never.
  public var statisticsInterval: Int = 0
  /// Settings of librdkafka beyond those above, by its own names. They win over everything else.
  public var extra: [String: String] = [:]

  /// A configuration for brokers, with everything else at its default.
  public init(bootstrapServers: String, clientID: String = "dealpulse") {
    self.bootstrapServers = bootstrapServers
    self.clientID = clientID
  }

  var properties: [(String, String)] {
    var all: [(String, String?)] = [
      ("bootstrap.servers", bootstrapServers), ("client.id", clientID),
      ("security.protocol", securityProtocol.rawValue), ("sasl.mechanism", saslMechanism),
      ("sasl.username", saslUsername), ("sasl.password", saslPassword?.value), ("ssl.ca.location", caLocation),
      ("ssl.certificate.location", certificateLocation), ("ssl.key.location", keyLocation),
      ("ssl.key.password", keyPassword?.value), ("statistics.interval.ms", String(statisticsInterval)),
      // Nagle's algorithm would hold small requests back (on by default below librdkafka 2.10).
      ("socket.nagle.disable", "true"),
    ]
    all.append(("reconnect.backoff.max.ms", "5000"))
    return all.compactMap { name, value in value.map { (name, $0) } }
  }
}

extension ClientConfiguration: CustomStringConvertible {
  /// The settings by librdkafka's names, without those that are secret.
  public var description: String {
    let secret = ["password", "secret", "token", ".pem", "oauthbearer.config", "sasl.jaas"]
    let all = properties + extra.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    return all.map { name, value in
      secret.contains(where: name.contains) ? "\(name)=***" : "\(name)=\(value)"
    }.joined(separator: " ")
  }
}

/// What a consumer is configured with besides the connection.
public struct ConsumerConfiguration: Hashable, Sendable {
  /// How partitions are shared out in a group.
  public enum AssignmentStrategy: String, CaseIterable, Hashable, Sendable {
    /// Ranges, all at once (eager). Keeps topics of equal partition counts together.
    case range
    /// Step by step: what stays with a member is read on meanwhile (cooperative).
    case cooperativeSticky = "cooperative-sticky"

    /// The oldest librdkafka with which it can be relied upon; nil where any will do. Below 2.10 a commit during a cooperative
    /// rebalance could lose the assignment, and below 2.6.1 some orders of members and partitions kept it busy for ever.
    public var oldestLibrary: LibraryVersion? { self == .cooperativeSticky ? LibraryVersion(2, 10, 0) : nil }
  }

  /// Which records a reader sees.
  public enum IsolationLevel: String, Hashable, Sendable {
    /// Only those of committed transactions, and those outside any.
    case readCommitted = "read_committed"
    /// All.
    case readUncommitted = "read_uncommitted"
  }

  /// Where to start without an offset.
  public enum OffsetReset: String, Hashable, Sendable {
    /// At the oldest record.
    case earliest
    /// At the end.
    case latest
    /// Nowhere: say so.
    case error
  }

  /// The connection.
  public var client: ClientConfiguration
  /// The group; a consumer that only assigns partitions itself needs one all the same.
  public var groupID: String
  /// A name that is stable over restarts: a member that comes back within the session keeps its partitions.
  public var groupInstanceID: String?
  /// How partitions are shared out.
  public var assignmentStrategy: AssignmentStrategy = .range
  /// Which records are seen.
  public var isolationLevel: IsolationLevel = .readCommitted
  /// Where to start without an offset.
  public var offsetReset: OffsetReset = .error
  /// Milliseconds that a broker may wait for data.
  public var fetchWaitMax = 50
  /// Milliseconds after which a silent member is out of its group.
  public var sessionTimeout = 10_000
  /// Milliseconds between heartbeats.
  public var heartbeatInterval = 2_000
  /// Milliseconds that may lie between two polls.
  public var maxPollInterval = 300_000
  /// Kibibytes that may lie fetched and unread: of all partitions together that polls hand out, and of each one alone that
  /// has a `PartitionQueue`. What has been asked for comes on top.
  public var queuedMaxKibibytes = 65_536
  /// Records that may, in the same way.
  public var queuedMinMessages = 100_000
  /// Whether to report that the end of a partition was reached.
  public var reportsPartitionEnd = false

  /// A configuration with everything else at its default.
  public init(client: ClientConfiguration, groupID: String) {
    self.client = client
    self.groupID = groupID
  }

  var properties: [(String, String)] {
    var all = client.properties
    all += [
      ("group.id", groupID), ("partition.assignment.strategy", assignmentStrategy.rawValue),
      ("isolation.level", isolationLevel.rawValue), ("auto.offset.reset", offsetReset.rawValue),
      ("fetch.wait.max.ms", String(fetchWaitMax)), ("session.timeout.ms", String(sessionTimeout)),
      ("heartbeat.interval.ms", String(heartbeatInterval)), ("max.poll.interval.ms", String(maxPollInterval)),
      ("queued.max.messages.kbytes", String(queuedMaxKibibytes)), ("fetch.error.backoff.ms", "100"),
      ("queued.min.messages", String(queuedMinMessages)),
      ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"),
      ("allow.auto.create.topics", "false"), ("enable.partition.eof", reportsPartitionEnd ? "true" : "false"),
    ]
    if let groupInstanceID { all.append(("group.instance.id", groupInstanceID)) }
    return all + client.extra.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}

/// What a producer is configured with besides the connection.
public struct ProducerConfiguration: Hashable, Sendable {
  /// The connection.
  public var client: ClientConfiguration
  /// Set for transactions: stable over restarts, different for each producer that runs at the same time.
  public var transactionalID: String?
  /// Milliseconds after which the broker aborts a transaction of ours that nobody ends.
  public var transactionTimeout = 10_000
  /// Milliseconds for which records are gathered into a batch.
  public var linger: Double = 1
  /// none, gzip, snappy, lz4 or zstd.
  public var compression = "lz4"
  /// Records that may wait to be sent; beyond it `produce` waits.
  public var queueMaxMessages = 200_000
  /// Kibibytes that may wait to be sent.
  public var queueMaxKibibytes = 262_144
  /// Milliseconds after which an unsent record is given up. Long: a record given up is a record lost.
  public var messageTimeout = 300_000

  /// A configuration with everything else at its default.
  public init(client: ClientConfiguration) { self.client = client }

  var properties: [(String, String)] {
    var all = client.properties
    all += [
      ("enable.idempotence", "true"), ("acks", "all"), ("partitioner", "murmur2_random"),
      ("linger.ms", String(linger)), ("compression.codec", compression),
      ("queue.buffering.max.messages", String(queueMaxMessages)),
      ("queue.buffering.max.kbytes", String(queueMaxKibibytes)),
      ("message.timeout.ms", String(messageTimeout)), ("allow.auto.create.topics", "false"),
    ]
    if let transactionalID {
      all += [
        ("transactional.id", transactionalID), ("transaction.timeout.ms", String(transactionTimeout)),
        ("message.timeout.ms", String(min(messageTimeout, transactionTimeout))),
      ]
    }
    return all + client.extra.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
