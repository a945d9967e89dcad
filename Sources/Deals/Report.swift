/// One record of `deals.reports`.
public struct Report: Hashable, Sendable {
  /// What kind of report.
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// The day's figures.
    case daily
    /// The week's drivers.
    case drivers
    /// A rep's month.
    case scorecard
    /// What the published scores are worth.
    case modelHealth = "model_health"
  }

  /// A figure by name: counts, rates 0 to 1, dollars, days; which, the schema of the kind says.
  public struct Figure: Hashable, Sendable {
    /// Its name, such as `win_rate`.
    public var name: String
    /// Its value; nil where it can't be told.
    public var value: Double?

    /// A figure.
    public init(_ name: String, _ value: Double?) {
      self.name = name
      self.value = value
    }
  }

  /// A word by name, for what is no number: a quadrant, a partner, which combination a figure speaks of.
  public struct Label: Hashable, Sendable {
    /// Its name, such as `quadrant` or `best_1`.
    public var name: String
    /// Its value.
    public var value: String

    /// A label.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The record's identity: kind, period and subject.
  public var eventID: EventID
  /// What kind.
  public var kind: Kind
  /// Of what period it speaks: 2026-03-04, 2026-W10 or 2026-03, in the configured time zone.
  public var period: String
  /// When the period begins.
  public var from: Timestamp
  /// When it ends; the end is not part of it.
  public var to: Timestamp
  /// Whom it is about, of a scorecard: the rep's id.
  public var subject: String?
  /// Its headline.
  public var title: String
  /// Its lines, the most telling first.
  public var lines: [String]
  /// The figures behind them.
  public var figures: [Figure]
  /// What the figures can't say in numbers.
  public var labels: [Label]
  /// Outcomes that came after the report of their period and are told of here.
  public var lateOutcomes: Int
  /// The next offset of the ledger when it was made.
  public var ledgerOffset: Int64
  /// Live or backfill.
  public var mode: ProcessingMode

  /// A report.
  public init(
    kind: Kind, period: String, from: Timestamp, to: Timestamp, subject: String? = nil, title: String, lines: [String],
    figures: [Figure], labels: [Label] = [], lateOutcomes: Int = 0, ledgerOffset: Int64,
    mode: ProcessingMode = .backfill
  ) {
    var hash = IdentityHash()
    hash.combine("report")
    hash.combine(kind.rawValue)
    hash.combine(period)
    hash.combine(subject ?? "")
    eventID = hash.finish()
    self.kind = kind
    self.period = period
    self.from = from
    self.to = to
    self.subject = subject
    self.title = title
    self.lines = lines
    self.figures = figures
    self.labels = labels
    self.lateOutcomes = lateOutcomes
    self.ledgerOffset = ledgerOffset
    self.mode = mode
  }
}
