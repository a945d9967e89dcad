import Deals

/// A record of `deals.reports` as digests carry it.
public struct ReportNote: Codable, Hashable, Sendable {
  /// Which digests carry it.
  public enum Kind: String, Codable, CaseIterable, Hashable, Sendable {
    /// The day's figures: the daily digest.
    case daily
    /// What drives win rates: the weekly digest.
    case drivers
    /// A rep's month: the monthly scorecard of the rep and of their manager.
    case scorecard
    /// What the scores are worth: the weekly digest.
    case modelHealth = "model_health"

    /// The digests that carry it.
    public var purpose: MessagePurpose {
      switch self {
      case .daily: .daily
      case .drivers, .modelHealth: .weekly
      case .scorecard: .monthly
      }
    }
  }

  /// Which digests carry it.
  public var kind: Kind
  /// Of what period it speaks, such as 2026-W10.
  public var period: String
  /// Whom it is about, for a scorecard: the rep's id.
  public var subject: String?
  /// Its headline.
  public var title: String
  /// Its lines, the most telling first.
  public var lines: [String]
  /// When it was made.
  public var at: Timestamp

  /// A report's lines.
  public init(
    kind: Kind, period: String, subject: String? = nil, title: String, lines: [String], at: Timestamp
  ) {
    self.kind = kind
    self.period = period
    self.subject = subject
    self.title = title
    self.lines = lines
    self.at = at
  }

  /// A record of `deals.reports`; its time is the end of its period.
  public init(_ report: Report) {
    let kind: Kind =
      switch report.kind {
      case .daily: .daily
      case .drivers: .drivers
      case .scorecard: .scorecard
      case .modelHealth: .modelHealth
      }
    self.init(
      kind: kind, period: report.period, subject: report.subject, title: report.title, lines: report.lines,
      at: report.to)
  }

  /// The newest of a key holds.
  public var key: String { "report/\(kind.rawValue)/\(subject ?? "-")" }
}

extension AlertPipeline {
  /// More are not kept: the oldest go.
  static let maximumReports = 2_000

  /// Takes in a report; digests carry it from now on, until a newer one of its kind and subject comes.
  public mutating func take(_ note: ReportNote) {
    keep(note)
    newWords.append(.report(note))
  }

  mutating func keep(_ note: ReportNote) {
    if let known = ledger.reports[note.key], known.at > note.at { return }
    ledger.reports[note.key] = note
    guard ledger.reports.count > Self.maximumReports,
      let oldest = ledger.reports.min(by: { ($0.value.at, $0.key) < ($1.value.at, $1.key) })
    else { return }
    ledger.reports[oldest.key] = nil
  }

  /// The reports that a digest of a person carries: not older than its period, and only their own or their team's.
  func reports(for purpose: MessagePurpose, _ recipient: Person?, since: Timestamp) -> [ReportNote] {
    ledger.reports.values.filter { note in
      note.kind.purpose == purpose && note.at > since && concerns(note, recipient)
    }.sorted { ($0.kind.rawValue, $0.subject ?? "") < ($1.kind.rawValue, $1.subject ?? "") }
  }

  private func concerns(_ note: ReportNote, _ recipient: Person?) -> Bool {
    guard let subject = note.subject, let recipient, recipient.id != rules.owners.croID else { return true }
    return subject == recipient.id || rules.owners.people[subject]?.managerID == recipient.id
  }
}
