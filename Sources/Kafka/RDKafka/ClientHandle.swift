import CLibrdkafka
import Logging
import Synchronization

/// Owns a client of librdkafka: made once, destroyed once, after which no callback comes any more.
///
/// `@unchecked Sendable`: the pointer never changes and librdkafka's handles may be used from any thread; what our own
/// callbacks write to is behind a lock.
final class ClientHandle: @unchecked Sendable {
  /// What the callbacks of a client lead to. They come on whichever thread polls, logs on any thread.
  final class Callbacks: Sendable {
    let logger: Logger
    let statistics: (@Sendable (String) -> Void)?
    let rebalancing: RebalanceState?
    private let fatal = Mutex<KafkaError?>(nil)
    private let complained = Mutex<ContinuousClock.Instant?>(nil)

    /// True at most once a minute.
    var isTimeToComplain: Bool {
      complained.withLock { last in
        let now = ContinuousClock.now
        if let before = last, now - before < .seconds(60) { return false }
        last = now
        return true
      }
    }

    init(
      logger: Logger, statistics: (@Sendable (String) -> Void)? = nil, rebalancing: RebalanceState? = nil
    ) {
      self.logger = logger
      self.statistics = statistics
      self.rebalancing = rebalancing
    }

    var fatalError: KafkaError? { fatal.withLock { $0 } }

    func record(_ error: KafkaError) {
      if error.isFatal { fatal.withLock { $0 = $0 ?? error } }
    }
  }

  let pointer: OpaquePointer
  let callbacks: Callbacks
  private let opaque: Unmanaged<Callbacks>

  /// Makes a client; `prepare` may set more callbacks before it starts.
  init(
    _ type: rd_kafka_type_t, _ properties: [(String, String)], _ callbacks: Callbacks,
    prepare: (OpaquePointer) -> Void = { _ in }
  ) throws(KafkaError) {
    guard let configuration = rd_kafka_conf_new() else { throw .invalid("out of memory") }
    do throws(KafkaError) {
      for (name, value) in properties { try Self.set(configuration, name, value) }
    } catch {
      rd_kafka_conf_destroy(configuration)
      throw error
    }
    opaque = Unmanaged.passRetained(callbacks)
    self.callbacks = callbacks
    rd_kafka_conf_set_opaque(configuration, opaque.toOpaque())
    rd_kafka_conf_set_log_cb(configuration) { client, level, facility, text in
      ClientHandle.log(client, level, facility, text)
    }
    rd_kafka_conf_set_error_cb(configuration) { client, code, reason, opaque in
      ClientHandle.error(client, code, reason, opaque)
    }
    rd_kafka_conf_set_stats_cb(configuration) { _, json, length, opaque in
      ClientHandle.statistics(json, length, opaque)
    }
    prepare(configuration)
    let created = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      guard let client = rd_kafka_new(type, configuration, buffer.baseAddress, buffer.count) else {
        return Result<OpaquePointer, KafkaError>.failure(.invalid(String(cString: buffer.baseAddress!)))
      }
      return .success(client)
    }
    switch created {
    case .success(let client): pointer = client
    case .failure(let error):
      rd_kafka_conf_destroy(configuration)
      opaque.release()
      throw error
    }
  }

  deinit {
    // Returns when librdkafka's threads have ended: only then may the callbacks' target go.
    rd_kafka_destroy(pointer)
    opaque.release()
  }

  private static func set(_ configuration: OpaquePointer, _ name: String, _ value: String) throws(KafkaError) {
    let failure: String? = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
      let result = rd_kafka_conf_set(configuration, name, value, buffer.baseAddress, buffer.count)
      return result == RD_KAFKA_CONF_OK ? nil : String(cString: buffer.baseAddress!)
    }
    if let failure { throw .invalid("kafka setting \(name): \(failure)") }
  }

  private static func log(
    _ client: OpaquePointer?, _ level: Int32, _ facility: UnsafePointer<CChar>?, _ text: UnsafePointer<CChar>?
  ) {
    guard let client, let opaque = rd_kafka_opaque(client), let text else { return }
    let callbacks = Unmanaged<Callbacks>.fromOpaque(opaque).takeUnretainedValue()
    let facility = facility.map { String(cString: $0) } ?? ""
    let severity: Logger.Level
    switch level {
    // Said for every connection to an old or embedded broker, where topics are checked at the start anyway.
    // The errors of connections come again through the error callback, which says them once a minute.
    case _ where facility == "AUTOCREATE" || facility == "FAIL": severity = .debug
    case ...2: severity = .critical
    case 3: severity = .error
    case 4: severity = .warning
    case 5: severity = .notice
    case 6: severity = .info
    default: severity = .debug
    }
    callbacks.logger.log(
      level: severity, "\(String(cString: text))",
      metadata: ["facility": .string(facility)])
  }

  private static func error(
    _ client: OpaquePointer?, _ code: Int32, _ reason: UnsafePointer<CChar>?, _ opaque: UnsafeMutableRawPointer?
  ) {
    guard let opaque, let client else { return }
    let callbacks = Unmanaged<Callbacks>.fromOpaque(opaque).takeUnretainedValue()
    var error = KafkaError(rd_kafka_resp_err_t(code), reason.map { String(cString: $0) } ?? "client error")
    if code == RD_KAFKA_RESP_ERR__FATAL.rawValue {
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        let original = rd_kafka_fatal_error(client, buffer.baseAddress, buffer.count)
        error = KafkaError(
          code: original.rawValue, name: String(cString: rd_kafka_err2name(original)),
          text: String(cString: buffer.baseAddress!), errorClass: .fatal)
      }
    }
    callbacks.record(error)
    // Connection errors are informational: librdkafka connects again by itself, and would say so every second.
    if error.isRetriable, !callbacks.isTimeToComplain { return }
    callbacks.logger.log(level: error.isFatal ? .error : .warning, "\(error)")
  }

  private static func statistics(
    _ json: UnsafeMutablePointer<CChar>?, _ length: Int, _ opaque: UnsafeMutableRawPointer?
  ) -> Int32 {
    guard let json, let opaque else { return 0 }
    let callbacks = Unmanaged<Callbacks>.fromOpaque(opaque).takeUnretainedValue()
    callbacks.statistics?(String(decoding: UnsafeRawBufferPointer(start: json, count: length), as: UTF8.self))
    return 0
  }
}
