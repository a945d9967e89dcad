import Foundation

/// A record of `alerts.state` with the name of the store whose router wrote it.
public struct SharedEnvelope: Codable, Hashable, Sendable {
  /// The store's name.
  public var writer: String
  /// What it tells.
  public var record: SharedRecord

  private enum Keys: String, CodingKey {
    case version, writer, kind, fingerprint, state, silence, subject, acknowledgement, calendar, budget, report
  }

  /// A record of a writer.
  public init(writer: String, record: SharedRecord) {
    self.writer = writer
    self.record = record
  }

  /// Reads a record.
  ///
  /// - Throws: `DecodingError` for a kind or a version that is not known here.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Keys.self)
    let version = try values.decode(Int.self, forKey: .version)
    guard version == 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .version, in: values,
        debugDescription: "version \(version) is not known here, only 1: update this router")
    }
    writer = try values.decode(String.self, forKey: .writer)
    let kind = try values.decode(String.self, forKey: .kind)
    switch kind {
    case "alert":
      record = .alert(
        try values.decode(Fingerprint.self, forKey: .fingerprint), try values.decode(AlertState.self, forKey: .state))
    case "silence": record = .silence(try values.decode(Silence.self, forKey: .silence))
    case "acknowledgement":
      record = .acknowledgement(
        subject: try values.decode(String.self, forKey: .subject),
        try values.decode(Acknowledgement.self, forKey: .acknowledgement))
    case "report": record = .report(try values.decode(ReportNote.self, forKey: .report))
    case "calendar": record = .calendar(try values.decode(DigestCalendar.self, forKey: .calendar))
    case "budget": record = .budget(try values.decode(BudgetBook.self, forKey: .budget))
    default:
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: values, debugDescription: "the kind \(kind) is not known here: update this router")
    }
  }

  /// Writes a record.
  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Keys.self)
    try values.encode(1, forKey: .version)
    try values.encode(writer, forKey: .writer)
    switch record {
    case .alert(let fingerprint, let state):
      try values.encode("alert", forKey: .kind)
      try values.encode(fingerprint, forKey: .fingerprint)
      try values.encode(state, forKey: .state)
    case .silence(let silence):
      try values.encode("silence", forKey: .kind)
      try values.encode(silence, forKey: .silence)
    case .acknowledgement(let subject, let word):
      try values.encode("acknowledgement", forKey: .kind)
      try values.encode(subject, forKey: .subject)
      try values.encode(word, forKey: .acknowledgement)
    case .report(let note):
      try values.encode("report", forKey: .kind)
      try values.encode(note, forKey: .report)
    case .calendar(let calendar):
      try values.encode("calendar", forKey: .kind)
      try values.encode(calendar, forKey: .calendar)
    case .budget(let book):
      try values.encode("budget", forKey: .kind)
      try values.encode(book, forKey: .budget)
    }
  }
}
