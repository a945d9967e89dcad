import Deals
import Foundation

/// Why an export can't be read at all.
public enum ImportError: Error, Sendable, CustomStringConvertible {
  /// The file can't be opened.
  case unreadable(path: String)
  /// There is not even a header.
  case empty(path: String)
  /// The header is not in the encoding that it should be in.
  case misencoded(path: String, encoding: TableEncoding)
  /// A column that must be there is not.
  case missingColumn(String, column: String, header: [String])

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .unreadable(let path): "\(path) can't be read: check the path and the permissions"
    case .empty(let path): "\(path) is empty: export it again, with a header"
    case .misencoded(let path, let encoding):
      "the header of \(path) is not \(encoding.rawValue): export the table so, or name its encoding under csv.encoding in the "
        + "configuration"
    case .missingColumn(let field, let column, let header):
      "there is no column \"\(column)\" for \(field); the file has \(header.joined(separator: ", ")). "
        + "Name the right column under columns.\(field) in the configuration"
    }
  }
}

/// A CRM's export as change events.
public struct CRMExport: Sendable {
  /// A row that was left out.
  public struct Reject: Hashable, Sendable {
    /// Its line, from 1.
    public var line: Int
    /// Why.
    public var rejection: Rejection
    /// The row.
    public var fields: [String]
  }

  /// Rows read, the header not counted.
  public private(set) var rows = 0
  /// Deals found.
  public private(set) var deals = 0
  /// The deals in the order in which the file first names them.
  public private(set) var order: [DealID] = []
  /// Rows that a later row of the same deal replaced.
  public private(set) var duplicates = 0
  /// How many of these had another outcome than the row that replaced them.
  public private(set) var duplicatesOfOtherOutcome = 0
  /// Rows that were left out.
  public private(set) var rejects: [Reject] = []
  /// The changes in the order in which they happened.
  public private(set) var changes: [DealChange] = []

  /// The fields whose column is configured and not in the file: no deal has a value for these.
  public private(set) var missing: [ImportSettings.Field] = []

  /// Reads a file.
  public init(
    path: String, settings: ImportSettings = ImportSettings(), stagePath: Bool = false
  ) throws(ImportError) {
    guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
    try self.init([UInt8](data), name: path, settings: settings, stagePath: stagePath)
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - name: What to call the file in messages.
  ///   - stagePath: Lays the stages that a closed deal passed through out evenly between its creation and its close.
  public init(
    _ bytes: [UInt8], name: String, settings: ImportSettings = ImportSettings(), stagePath: Bool = false
  ) throws(ImportError) {
    var reader = CSVReader(bytes, separator: settings.separator, encoding: settings.encoding)
    guard let header = reader.next() else { throw .empty(path: name) }
    guard !header.isMisencoded else { throw .misencoded(path: name, encoding: settings.encoding) }
    var rowReader = try RowReader(header: header.fields, settings: settings)
    missing = rowReader.missing
    var newest: [DealID: ImportedDeal] = [:]
    while let row = reader.next() {
      rows += 1
      do throws(Rejection) {
        let imported = try rowReader.read(row)
        if let earlier = newest.updateValue(imported, forKey: imported.id) {
          duplicates += 1
          if earlier.deal.status.outcome != imported.deal.status.outcome { duplicatesOfOtherOutcome += 1 }
        } else {
          order.append(imported.id)
        }
      } catch {
        rejects.append(Reject(line: row.line, rejection: error, fields: row.fields))
      }
    }
    deals = order.count
    changes = Self.inOrder(order.compactMap { newest[$0] }, stagePath: stagePath)
  }

  /// All changes by time; at one instant by deal, and within a deal as they happened.
  private static func inOrder(_ deals: [ImportedDeal], stagePath: Bool) -> [DealChange] {
    var all: [(change: DealChange, sequence: Int)] = []
    all.reserveCapacity(deals.count * 2)
    for imported in deals {
      for (sequence, change) in DealLife(imported, stagePath: stagePath).changes.enumerated() {
        all.append((change, sequence))
      }
    }
    all.sort { left, right in
      if left.change.occurredAt != right.change.occurredAt { return left.change.occurredAt < right.change.occurredAt }
      if left.change.dealID != right.change.dealID { return left.change.dealID < right.change.dealID }
      return left.sequence < right.sequence
    }
    return all.map(\.change)
  }

  /// The rejected rows as CSV: line, code, reason, and the row as it was.
  public var rejectsCSV: String {
    func quoted(_ text: String) -> String { "\"\(text.replacing("\"", with: "\"\""))\"" }
    var lines = ["line,code,reason,row"]
    for reject in rejects {
      let row = reject.fields.map { $0.contains(",") || $0.contains("\"") ? quoted($0) : $0 }.joined(separator: ",")
      lines.append(
        "\(reject.line),\(reject.rejection.code.rawValue),\(quoted(reject.rejection.text)),\(quoted(row))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// How many rows a later one replaced, for a person; nil where none was.
  public var duplicatesText: String? {
    guard duplicates > 0 else { return nil }
    let others = duplicatesOfOtherOutcome
    return "rows replaced by a later row of the same deal: \(duplicates)"
      + (others > 0 ? ", with another outcome: \(others)" : "")
  }

  /// How many rows each reason left out.
  public var rejectsByCode: [Rejection.Code: Int] {
    rejects.reduce(into: [:]) { $0[$1.rejection.code, default: 0] += 1 }
  }
}
