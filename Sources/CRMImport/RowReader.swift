import Deals

/// Why a row could not be used.
public struct Rejection: Error, Hashable, Sendable {
  /// A stable code.
  public enum Code: String, CaseIterable, Hashable, Sendable {
    /// The row is no CSV.
    case malformedRow = "malformed_row"
    /// It has bytes that are no text in the encoding of the file.
    case encoding
    /// It has fewer or more fields than the header.
    case fieldCount = "field_count"
    /// It has no deal id, or one that can't be.
    case dealID = "deal_id"
    /// A date can't be read.
    case date
    /// The deal has no creation date.
    case missingDate = "missing_date"
    /// The stage is not known.
    case stage
    /// The outcome is not known.
    case outcome
    /// The amount can't be read or is negative.
    case amount
    /// The currency is not three letters.
    case currency
    /// It closed before it was created.
    case order
  }

  /// The code.
  public var code: Code
  /// What is wrong and what to do.
  public var text: String
}

/// A row of an export as a deal.
struct ImportedDeal: Hashable {
  var id: DealID
  var line: Int
  var deal: Deal
}

/// Turns rows into deals by the mapping of the columns.
struct RowReader {
  private let settings: ImportSettings
  private let fields: FieldReader
  private let width: Int
  private let places: [ImportSettings.Field: Int]
  /// Fields whose column is configured and not there.
  let missing: [ImportSettings.Field]
  /// The first spelling of each value, by its lower case.
  private var spellings: [ImportSettings.Field: [String: Symbol]] = [:]

  /// - Throws: `ImportError` where a column that must be there is not.
  init(header: [String], settings: ImportSettings) throws(ImportError) {
    self.settings = settings
    fields = FieldReader(settings: settings)
    width = header.count
    let names = header.map { $0.lowercased().filter { !$0.isWhitespace } }
    var places: [ImportSettings.Field: Int] = [:]
    for (field, column) in settings.columns {
      places[field] = names.firstIndex(of: column.lowercased().filter { !$0.isWhitespace })
    }
    self.places = places
    missing = ImportSettings.Field.allCases.filter { settings.columns[$0] != nil && places[$0] == nil }
    for field in [ImportSettings.Field.dealID, .createdAt, .stage] where places[field] == nil {
      throw .missingColumn(field.rawValue, column: settings.columns[field] ?? "", header: header)
    }
  }

  mutating func read(_ row: CSVReader.Row) throws(Rejection) -> ImportedDeal {
    guard !row.isMalformed else {
      throw Rejection(code: .malformedRow, text: "a quoted field does not end where it should: check the quotes")
    }
    guard !row.isMisencoded else {
      throw Rejection(
        code: .encoding,
        text:
          "the row is not \(settings.encoding.rawValue): export the table so, or name its encoding under csv.encoding")
    }
    guard row.fields.count == width else {
      throw Rejection(
        code: .fieldCount, text: "\(row.fields.count) fields, the header has \(width): check separators and quotes")
    }
    guard let text = text(.dealID, row), let id = DealID(text) else {
      throw Rejection(code: .dealID, text: "there is no usable deal id: give each row the CRM's id of its deal")
    }
    guard let createdAt = try instant(.createdAt, row) else {
      throw Rejection(code: .missingDate, text: "there is no creation date: export it")
    }
    let status = try status(row, createdAt)
    let deal = Deal(
      createdAt: createdAt, stage: try stage(row), amount: try amount(row),
      descriptors: Descriptors(
        rep: symbol(.rep, row), industry: symbol(.industry, row), region: symbol(.region, row),
        productType: symbol(.productType, row), leadSource: symbol(.leadSource, row)),
      expectedCloseAt: try instant(.expectedCloseAt, row), status: status)
    return ImportedDeal(id: id, line: row.line, deal: deal)
  }

  private func text(_ field: ImportSettings.Field, _ row: CSVReader.Row) -> String? {
    places[field].flatMap { fields.text(row.fields[$0]) }
  }

  private mutating func symbol(_ field: ImportSettings.Field, _ row: CSVReader.Row) -> Symbol? {
    guard let text = text(field, row) else { return nil }
    let folded = text.lowercased()
    if let known = spellings[field]?[folded] { return known }
    let symbol = Symbol(text)
    spellings[field, default: [:]][folded] = symbol
    return symbol
  }

  private func instant(_ field: ImportSettings.Field, _ row: CSVReader.Row) throws(Rejection) -> Timestamp? {
    guard let text = text(field, row) else { return nil }
    guard let instant = fields.instant(text) else {
      throw Rejection(
        code: .date, text: "\(field.rawValue) \"\(text.prefix(40))\" is no date: write it like 2024-02-10")
    }
    return instant
  }

  private func stage(_ row: CSVReader.Row) throws(Rejection) -> Stage {
    let text = text(.stage, row) ?? ""
    let folded = text.lowercased()
    if let stage = settings.stages[folded] { return stage }
    if let stage = Stage.allCases.first(where: { $0.name.lowercased() == folded }) { return stage }
    throw Rejection(
      code: .stage, text: "the stage \"\(text.prefix(40))\" is not known: map it under stages in the configuration")
  }

  private func status(_ row: CSVReader.Row, _ createdAt: Timestamp) throws(Rejection) -> DealStatus {
    let text = text(.outcome, row)
    guard let known = text.map({ settings.outcomes[$0.lowercased()] }) ?? .open else {
      throw Rejection(
        code: .outcome,
        text: "the outcome \"\((text ?? "").prefix(40))\" is not known: map it under outcomes in the configuration")
    }
    let closedAt = try instant(.closedAt, row)
    guard let outcome = known.outcome else { return .open }
    guard let closedAt else {
      throw Rejection(code: .missingDate, text: "the deal has an outcome but no closing date: export it")
    }
    guard closedAt >= createdAt else {
      throw Rejection(code: .order, text: "the deal closed before it was created: correct one of the dates")
    }
    return outcome == .won ? .won(at: closedAt) : .lost(at: closedAt, reason: lossReason(row))
  }

  private func lossReason(_ row: CSVReader.Row) -> Symbol? { text(.lossReason, row).map { Symbol($0) } }

  private func amount(_ row: CSVReader.Row) throws(Rejection) -> Amount? {
    guard let text = text(.amount, row) else { return nil }
    var currency = settings.currency
    if let code = self.text(.currency, row) {
      guard let known = Currency(code.uppercased()) else {
        throw Rejection(
          code: .currency, text: "the currency \"\(code.prefix(20))\" is not three letters: write it like USD")
      }
      currency = known
    }
    guard let units = fields.number(text), let amount = Amount(units: units, currency: currency) else {
      throw Rejection(
        code: .amount, text: "the amount \"\(text.prefix(40))\" is no number of 0 or more: correct it")
    }
    return amount
  }
}
