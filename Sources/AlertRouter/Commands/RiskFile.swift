import Alerts
import Deals
import Foundation
import Programs

/// Records in a file, one JSON object or JSON Lines: of `deals.risk`, `deals.trends` and `deals.reports`, in any order. A line
/// is a record's value, or the record with its key as `kcat -J` writes it; one with a key and no value deletes that deal.
enum RiskFile {
  /// What a file holds.
  struct Content {
    /// Deals and shifts, in the file's order.
    var statements: [AlertSource] = []
    /// Reports.
    var reports: [ReportNote] = []
  }

  /// The statements of a file, without its reports.
  ///
  /// - Throws: `Failure` with file and line for what can't be read.
  static func read(_ path: String) throws -> [AlertSource] { try content(path).statements }

  /// All that a file holds.
  ///
  /// - Throws: `Failure` with file and line for what can't be read.
  static func content(_ path: String) throws -> Content {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure("\(path) can't be read: check it")
    }
    var content = Content()
    let risks = RiskDecoder()
    if let one = try? data.withUnsafeBytes({ try risks.decode($0) }) {
      content.statements = [AlertSource(one)]
      return content
    }
    let (trends, reports) = (TrendDecoder(), ReportDecoder())
    try forEachRecord(data, path) { line in
      do {
        // Nearly every line is a score; what else it may be is asked only of one that is none.
        content.statements.append(AlertSource(try risks.decode(line)))
      } catch let failure {
        guard let record = record(line) else { throw failure }
        guard let value = record.value else {
          // What does not say when it was deleted was deleted after the line before.
          let before = content.statements.last?.occurredAt ?? Timestamp(milliseconds: 0)
          guard let key = record.key, let deal = DealID(key) else {
            throw Failure("a deletion needs a deal's id as its key")
          }
          content.statements.append(.ended(dealID: deal.text, at: record.time ?? before))
          return
        }
        // Each kind of record has a field that the others lack.
        if value.contains("\"shift_id\"") {
          content.statements.append(AlertSource(try bytes(value, trends.decode)))
        } else if value.contains("\"period\"") {
          content.reports.append(ReportNote(try bytes(value, reports.decode)))
        } else {
          content.statements.append(AlertSource(try bytes(value, risks.decode)))
        }
      }
    }
    return content
  }

  /// The records of `deals.outcomes` in a file.
  ///
  /// - Throws: `Failure` with file and line for what can't be read.
  static func outcomes(_ path: String) throws -> [LedgerEntry] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw Failure("\(path) can't be read: check it")
    }
    let decoder = LedgerDecoder()
    var entries: [LedgerEntry] = []
    try forEachRecord(data, path) { line in
      do { entries.append(try decoder.decode(line)) } catch let failure {
        guard let record = record(line) else { throw failure }
        if let value = record.value { entries.append(try bytes(value, decoder.decode)) }
      }
    }
    return entries
  }

  private struct Record {
    var key: String?
    var time: Timestamp?
    var value: String?
  }

  private static func bytes<Result>(
    _ text: String, _ decode: (UnsafeRawBufferPointer) throws -> Result
  ) throws -> Result {
    var text = text
    return try text.withUTF8 { try decode(UnsafeRawBufferPointer($0)) }
  }

  private static func forEachRecord(
    _ data: Data, _ path: String, _ body: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    try data.withUnsafeBytes { bytes in
      var (start, number) = (0, 0)
      while start < bytes.count {
        let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        number += 1
        let line = UnsafeRawBufferPointer(rebasing: bytes[start..<end])
        start = end + 1
        guard line.contains(where: { $0 > 0x20 }) else { continue }
        do { try body(line) } catch { throw Failure("\(path):\(number): \(error)") }
      }
    }
  }

  /// A line that is a record with key and value, as `kcat -J` writes it, or a value by itself; nil where it is neither.
  private static func record(_ line: UnsafeRawBufferPointer) -> Record? {
    guard let members = try? JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else { return nil }
    guard members.keys.contains("key"), let value = members["payload"] ?? members["value"] else {
      return Record(value: String(decoding: line, as: UTF8.self))
    }
    let time = (members["ts"] ?? members["timestamp"]) as? Int
    return Record(
      key: members["key"] as? String, time: time.map { Timestamp(milliseconds: Int64($0)) }, value: text(value))
  }

  /// A value is the record's text; some tools write the object itself.
  private static func text(_ value: Any) -> String? {
    if let text = value as? String { return text }
    guard JSONSerialization.isValidJSONObject(value) else { return nil }
    return (try? JSONSerialization.data(withJSONObject: value)).map { String(decoding: $0, as: UTF8.self) }
  }
}
