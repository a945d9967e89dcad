/// The topics' names, with the tenant's prefix in front.
public struct TopicNames: Hashable, Sendable {
  /// What stands before every name, such as `acme.`; empty by default.
  public let prefix: String

  /// Names with a prefix.
  public init(prefix: String = "") { self.prefix = prefix }

  /// Every change of a deal, whole.
  public var changes: String { prefix + "deals.changes" }
  /// The outcome ledger.
  public var outcomes: String { prefix + "deals.outcomes" }
  /// The changelog of deal states, with the position.
  public var state: String { prefix + "deals.state" }
  /// Scores.
  public var risk: String { prefix + "deals.risk" }
  /// Trend shifts.
  public var trends: String { prefix + "deals.trends" }
  /// Reports.
  public var reports: String { prefix + "deals.reports" }
  /// Trained models.
  public var models: String { prefix + "deals.models" }
  /// Verdicts on scores.
  public var feedback: String { prefix + "deals.feedback" }
  /// What could not be read.
  public var deadLetter: String { prefix + "deals.dead-letter" }
  /// What the router decided.
  public var alertsLog: String { prefix + "alerts.log" }
  /// What routers tell each other: the changelog of alerts.
  public var alertsState: String { prefix + "alerts.state" }
}
