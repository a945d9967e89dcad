import Deals
import Foundation

@testable import Replay

/// The reference data set as a history, where it lies beside the package.
enum ReferenceHistory {
  /// The nearest `shared/data` beside the package or above it.
  static let folder: URL = {
    var directory = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    while directory.path != "/" {
      directory.deleteLastPathComponent()
      let candidate = directory.appending(path: "shared/data")
      if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
    }
    return URL(filePath: "/nonexistent")
  }()

  static var isThere: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "scored_deals.csv").path) }

  static func rows(_ name: String) throws -> [[String]] {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return text.split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
  }

  static func day(_ text: String) -> Timestamp? {
    let parts = text.split(separator: "-").compactMap { Int($0) }
    guard parts.count == 3 else { return nil }
    return Day(year: parts[0], month: parts[1], day: parts[2]).map { Timestamp($0) }
  }

  static func load() throws -> DealHistory {
    var changes: [DealChange] = []
    for row in try rows("skygeni_sales_data.csv") {
      guard let id = DealID(row[0]), let created = day(row[1]), let closed = day(row[2]) else { continue }
      var deal = Deal(
        createdAt: created, stage: Stage(name: row[8]) ?? .qualified,
        amount: Double(row[9]).flatMap { Amount(units: $0, currency: .usd) },
        descriptors: Descriptors(
          rep: Symbol(row[3]), industry: Symbol(row[4]), region: Symbol(row[5]), productType: Symbol(row[6]),
          leadSource: Symbol(row[7])))
      changes.append(
        DealChange(
          eventID: EventID(text: "\(row[0]) created"), dealID: id, kind: .created, occurredAt: created, deal: deal))
      deal.status = row[11] == "Won" ? .won(at: closed) : .lost(at: closed, reason: nil)
      changes.append(
        DealChange(
          eventID: EventID(text: "\(row[0]) closed"), dealID: id, kind: .closed, occurredAt: closed, deal: deal))
    }
    return DealHistory(changes)
  }
}
