import AlertDelivery
import Alerts
import DeadLetters
import Deals
import Foundation
import Kafka
import Topics

/// What one record says.
enum Statement {
  /// Something about a deal or a segment.
  case alert(AlertSource)
  /// A report that digests carry.
  case report(ReportNote)
  /// A deal closed, or a close was taken back.
  case outcome(LedgerEntry)
  /// Another router's word; with its writer.
  case shared(SharedRecord, writer: String)
}

/// Reads the records of every input topic. Belongs to one thread.
final class RecordReader {
  private let topics: TopicNames
  private let risks = RiskDecoder()
  private let outcomes = LedgerDecoder()
  private let trends = TrendDecoder()
  private let reports = ReportDecoder()
  private let json = JSONDecoder()

  init(_ topics: TopicNames) { self.topics = topics }

  /// The statement of a record, nil where it says nothing.
  ///
  /// - Throws: `DeadLetterReason`.
  func read(_ message: borrowing MessageView) throws(DeadLetterReason) -> Statement? {
    switch message.topic {
    case topics.risk: return .alert(try risk(message))
    case topics.outcomes:
      return .outcome(try decode(message) { bytes throws(DecodeFailure) in try outcomes.decode(bytes) })
    case topics.trends: return .alert(try trend(message))
    case topics.reports:
      let report = try decode(message) { bytes throws(DecodeFailure) in try reports.decode(bytes) }
      // History that is worked through reaches nobody.
      return report.mode == .backfill ? nil : .report(ReportNote(report))
    case topics.alertsState: return try shared(message)
    default: return nil
    }
  }

  private func risk(_ message: borrowing MessageView) throws(DeadLetterReason) -> AlertSource {
    var source: AlertSource
    if message.isTombstone {
      let id = message.key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
      guard let deal = DealID(id) else {
        throw DeadLetterReason(
          code: DecodeFailure.Code.invalidDealID.rawValue,
          text: "a deletion whose key is no deal's id: mend the producer")
      }
      source = .ended(dealID: deal.text, at: Timestamp(milliseconds: message.timestampMilliseconds ?? 0))
    } else {
      source = AlertSource(try decode(message) { bytes throws(DecodeFailure) in try risks.decode(bytes) })
    }
    source.origin = Origin(.risk, message.partition)
    return source
  }

  private func trend(_ message: borrowing MessageView) throws(DeadLetterReason) -> AlertSource {
    var source = AlertSource(
      try decode(message) { bytes throws(DecodeFailure) in try trends.decode(bytes) } as TrendShift)
    source.origin = Origin(.trends, message.partition)
    return source
  }

  private func decode<Value>(
    _ message: borrowing MessageView, _ read: (UnsafeRawBufferPointer) throws(DecodeFailure) -> Value
  ) throws(DeadLetterReason) -> Value {
    do throws(DecodeFailure) {
      return try message.value.withUnsafeBytes { bytes throws(DecodeFailure) in try read(bytes) }
    } catch {
      throw DeadLetterReason(error)
    }
  }

  private func shared(_ message: borrowing MessageView) throws(DeadLetterReason) -> Statement? {
    // A tombstone: an alert that nobody remembers any more.
    if message.isTombstone { return nil }
    let data = message.value.withUnsafeBytes { Data($0) }
    do {
      let envelope = try json.decode(SharedEnvelope.self, from: data)
      return .shared(envelope.record, writer: envelope.writer)
    } catch {
      throw DeadLetterReason(code: "unreadable_state", text: "\(error)")
    }
  }
}
