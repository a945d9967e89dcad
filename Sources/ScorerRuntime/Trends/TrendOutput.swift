import Deals
import Kafka
import Logging
import Topics
import Trends

/// Writes shifts and reports: under exactly_once in one transaction with the position that they stand for. Belongs to one
/// thread.
final class TrendOutput {
  private let producer: Producer
  /// nil without transactions.
  private let transactions: Transactions?
  /// Milliseconds, without transactions, until what the broker did not take is given up.
  private let timeout: Int
  private let liveWithin: Int64
  private let trendTopic: ProducerTopic
  private let reportTopic: ProducerTopic
  private let trendHeaders: RecordHeaders
  private let reportHeaders: RecordHeaders
  private var writer = JSONWriter()

  init(
    _ settings: ScorerSettings, _ trends: TrendProcessorSettings, logger: Logger,
    isStopped: @escaping @Sendable () -> Bool
  ) throws(KafkaError) {
    timeout = settings.sessionTimeout
    liveWithin = settings.liveWithin
    var configuration = ProducerConfiguration(client: settings.client)
    configuration.client.clientID += "-trends"
    let isTransactional = settings.guarantee == .exactlyOnce
    if isTransactional {
      configuration.transactionalID = trends.transactionalID
    } else {
      configuration.messageTimeout = settings.sessionTimeout
    }
    producer = try Producer(configuration, logger: logger)
    transactions = isTransactional ? Transactions(of: producer, isStopped: isStopped) : nil
    trendTopic = try producer.topic(settings.topics.trends)
    reportTopic = try producer.topic(settings.topics.reports)
    let source = "/dealpulse/\(trends.groupID)"
    trendHeaders = RecordHeaders(
      MessageType.trend.constantHeaders(source: source).map { MessageHeader($0.name, $0.value) })
    reportHeaders = RecordHeaders(
      MessageType.report.constantHeaders(source: source).map { MessageHeader($0.name, $0.value) })
  }

  /// Takes the transactional id into use, where there is one: that ends what a former owner of the ledger has open. A second
  /// call does nothing.
  func join() throws(KafkaError) { try transactions?.join() }

  /// Writes what is new and waits until it is committed together with the position, or where there are no transactions
  /// until it is acknowledged.
  func publish(
    _ news: [TrendShift], _ reports: [Report], at now: Timestamp, _ position: [TopicPartition: Int64],
    of member: Consumer
  ) throws(KafkaError) {
    let group = DeliveryGroup()
    try transactions?.begin()
    for shift in news { try write(shift, now, group) }
    for report in reports { try write(report, now, group) }
    if let transactions { return try transactions.commit(position, of: member) }
    if !news.isEmpty || !reports.isEmpty { try producer.flush(timeout: Int32(timeout)) }
    if let failure = group.firstFailure { throw failure }
  }

  /// Gives up what was written and is neither committed nor acknowledged.
  func abandon() throws(KafkaError) {
    guard let transactions else { return producer.purge() }
    try transactions.abort()
  }

  func close() { producer.close() }

  private func write(_ shift: TrendShift, _ now: Timestamp, _ group: DeliveryGroup) throws(KafkaError) {
    var shift = shift
    shift.mode = mode(shift.occurredAt, now)
    writer.removeAll()
    writer.trendShift(shift)
    try send(to: trendTopic, key: shift.segment, trendHeaders, shift.eventID, shift.occurredAt, now, group)
  }

  private func write(_ report: Report, _ now: Timestamp, _ group: DeliveryGroup) throws(KafkaError) {
    var report = report
    report.mode = mode(report.to, now)
    writer.removeAll()
    writer.report(report)
    try send(to: reportTopic, key: report.kind.rawValue, reportHeaders, report.eventID, report.to, now, group)
  }

  private func mode(_ instant: Timestamp, _ now: Timestamp) -> ProcessingMode {
    now.milliseconds - instant.milliseconds <= liveWithin ? .live : .backfill
  }

  private func send(
    to topic: ProducerTopic, key: String, _ headers: RecordHeaders, _ id: EventID, _ time: Timestamp, _ now: Timestamp,
    _ group: DeliveryGroup
  ) throws(KafkaError) {
    try key.utf8.span.bytes.withUnsafeBytes { key throws(KafkaError) in
      try writer.withBytes { value throws(KafkaError) in
        try producer.produce(
          to: topic, key: key, value: value, timestamp: now.milliseconds, common: headers,
          headers: [MessageHeader("ce_id", id.description), MessageHeader("ce_time", time.rfc3339)], group: group)
      }
    }
  }
}
