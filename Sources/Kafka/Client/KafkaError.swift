import CLibrdkafka

/// What went wrong between us and Kafka, with what to do about it.
public struct KafkaError: Error, Hashable, Sendable {
  /// How an operation may go on after an error.
  public enum Class: Hashable, Sendable {
    /// The same call may succeed later.
    case retriable
    /// The current transaction must be aborted, then the work done again.
    case abortable
    /// The client can't go on and must be closed.
    case fatal
    /// None of these: the call was wrong or refused.
    case permanent
  }

  /// librdkafka's number for the error: negative for its own, positive for the broker's.
  public let code: Int32
  /// The error's name, such as `_TIMED_OUT`.
  public let name: String
  /// What happened, in words.
  public let text: String
  /// How to go on.
  public let errorClass: Class

  /// Whether the same call may succeed later.
  public var isRetriable: Bool { errorClass == .retriable }
  /// Whether the work since the last commit must be undone and done again.
  public var requiresAbort: Bool { errorClass == .abortable }
  /// Whether a producer's transactional id was taken into use by another one, which has ended what this one had open.
  public var isFenced: Bool {
    [
      RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_PRODUCER_FENCED, RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
    ].contains { $0.rawValue == code }
  }
  /// Whether the client can't go on.
  public var isFatal: Bool { errorClass == .fatal }

  init(code: Int32, name: String, text: String, errorClass: Class) {
    self.code = code
    self.name = name
    self.text = text
    self.errorClass = errorClass
  }

  init(_ response: rd_kafka_resp_err_t, _ context: String) {
    self.init(
      code: response.rawValue, name: String(cString: rd_kafka_err2name(response)),
      text: "\(context): \(String(cString: rd_kafka_err2str(response)))",
      errorClass: Self.retriable.contains(response.rawValue)
        ? .retriable
        : Self.fatal.contains(response.rawValue)
          ? .fatal : Self.abortable.contains(response.rawValue) ? .abortable : .permanent)
  }

  /// Takes over and destroys an error object of librdkafka.
  init(consuming error: OpaquePointer, _ context: String) {
    defer { rd_kafka_error_destroy(error) }
    let kind: Class
    let code = rd_kafka_error_code(error).rawValue
    // What was refused for want of a permission is refused again, however often its transaction is aborted.
    if rd_kafka_error_is_fatal(error) != 0 || Self.notPermitted.contains(code) {
      kind = .fatal
    } else if rd_kafka_error_txn_requires_abort(error) != 0 {
      kind = .abortable
    } else {
      kind = rd_kafka_error_is_retriable(error) != 0 ? .retriable : .permanent
    }
    self.init(
      code: code, name: String(cString: rd_kafka_error_name(error)),
      text: "\(context): \(String(cString: rd_kafka_error_string(error)))", errorClass: kind)
  }

  /// An error of our own finding after which the transaction must be aborted.
  public static func abort(_ text: String) -> KafkaError {
    KafkaError(code: RD_KAFKA_RESP_ERR__STATE.rawValue, name: "_STATE", text: text, errorClass: .abortable)
  }

  /// An error of our own finding: a topic does not exist.
  public static func missing(topic: String) -> KafkaError {
    KafkaError(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, "the topic \(topic)")
  }

  static func invalid(_ text: String) -> KafkaError {
    KafkaError(
      code: RD_KAFKA_RESP_ERR__INVALID_ARG.rawValue, name: "_INVALID_ARG", text: text, errorClass: .permanent)
  }

  private static let retriable: Set<Int32> = Set(
    [
      RD_KAFKA_RESP_ERR__TRANSPORT, RD_KAFKA_RESP_ERR__TIMED_OUT, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN,
      RD_KAFKA_RESP_ERR__RESOLVE, RD_KAFKA_RESP_ERR__QUEUE_FULL, RD_KAFKA_RESP_ERR__WAIT_COORD,
      RD_KAFKA_RESP_ERR__TIMED_OUT_QUEUE, RD_KAFKA_RESP_ERR__RETRY, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT,
      RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE, RD_KAFKA_RESP_ERR_NOT_LEADER_FOR_PARTITION,
      RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE,
      RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS, RD_KAFKA_RESP_ERR_NOT_COORDINATOR,
      RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS, RD_KAFKA_RESP_ERR_NETWORK_EXCEPTION,
      RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS, RD_KAFKA_RESP_ERR_UNSTABLE_OFFSET_COMMIT,
    ].map(\.rawValue))

  /// The group has moved on without this member: what was done since the last commit is another's to do now. It is no
  /// reason to end, the member joins again by itself.
  private static let abortable: Set<Int32> = Set(
    [
      RD_KAFKA_RESP_ERR_ILLEGAL_GENERATION, RD_KAFKA_RESP_ERR_UNKNOWN_MEMBER_ID,
      RD_KAFKA_RESP_ERR__ASSIGNMENT_LOST,
    ].map(\.rawValue))

  private static let fatal: Set<Int32> = notPermitted.union(
    [
      RD_KAFKA_RESP_ERR__FATAL, RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR__AUTHENTICATION,
      RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
      RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
    ].map(\.rawValue))

  private static let notPermitted: Set<Int32> = Set(
    [
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED,
      RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
    ].map(\.rawValue))
}

extension KafkaError: CustomStringConvertible {
  /// What happened, the error's name, and what to do.
  public var description: String { "\(text) (\(name)). \(advice)" }

  /// What to do about it.
  public var advice: String {
    switch code {
    case RD_KAFKA_RESP_ERR__TRANSPORT.rawValue, RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN.rawValue,
      RD_KAFKA_RESP_ERR__RESOLVE.rawValue:
      return "Check kafka.bootstrap.servers and that the broker runs and can be reached from here."
    case RD_KAFKA_RESP_ERR__TIMED_OUT.rawValue, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT.rawValue:
      return "The broker did not answer in time: check that it runs, and its load."
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART.rawValue, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC.rawValue,
      RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION.rawValue:
      return "Create the topics with `dealpulse topics apply`."
    case RD_KAFKA_RESP_ERR__AUTHENTICATION.rawValue, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED.rawValue:
      return "Check the SASL mechanism, user and password, and that the broker knows them."
    case RD_KAFKA_RESP_ERR__SSL.rawValue:
      return "Check the CA file, the certificate and its key, and the host name in the broker's certificate."
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED.rawValue,
      RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED.rawValue,
      RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED.rawValue,
      RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED.rawValue:
      return "Grant this user the access on the broker (see the README's list of permissions)."
    case RD_KAFKA_RESP_ERR__FENCED.rawValue, RD_KAFKA_RESP_ERR_PRODUCER_FENCED.rawValue:
      return "Its transaction's time was over, as it stood still or was cut off. If this comes back at once, another "
        + "instance has the same identity: give each its own scorer.instance_id."
    case RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID.rawValue:
      return "Another instance with the same identity has taken over: give each instance its own scorer.instance_id."
    case RD_KAFKA_RESP_ERR_INCONSISTENT_GROUP_PROTOCOL.rawValue:
      return
        "Other members of the group share it out by another assignor: stop all instances, and once their session is over "
        + "start them with the same scorer.assignor."
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE.rawValue:
      return "Raise message.max.bytes on the topic, or shrink the record."
    case RD_KAFKA_RESP_ERR__MAX_POLL_EXCEEDED.rawValue:
      return "Raise max.poll.interval.ms, or do less between two polls: the member was put out of its group."
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET.rawValue, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE.rawValue:
      return "The offset is not, or no longer, in the topic: check its retention and choose where to start."
    case RD_KAFKA_RESP_ERR__DESTROY.rawValue:
      return "Open a new client."
    default:
      switch errorClass {
      case .retriable: return "Try again."
      case .abortable: return "Abort the transaction and do the work again."
      case .fatal: return "Close the client and start again."
      case .permanent: return "Check the call's arguments and the client's configuration."
      }
    }
  }
}
