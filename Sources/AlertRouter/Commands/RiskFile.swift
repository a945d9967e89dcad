import Alerts
import Deals
import Foundation
import Programs

/// Records in a file, one JSON object or JSON Lines: of `deals.risk`, `deals.trends` and `deals.reports`, in any order.
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
    for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
      do {
        // Each kind of record has a field that the others lack.
        if line.firstRange(of: Data("\"shift_id\"".utf8)) != nil {
          content.statements.append(AlertSource(try line.withUnsafeBytes { try trends.decode($0) }))
        } else if line.firstRange(of: Data("\"period\"".utf8)) != nil {
          content.reports.append(ReportNote(try line.withUnsafeBytes { try reports.decode($0) }))
        } else {
          content.statements.append(AlertSource(try line.withUnsafeBytes { try risks.decode($0) }))
        }
      } catch {
        throw Failure("\(path):\(index + 1): \(error)")
      }
    }
    return content
  }
}
