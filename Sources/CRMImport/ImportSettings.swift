import Deals

/// How a CRM's export is read.
public struct ImportSettings: Hashable, Sendable {
  /// What a column can hold.
  public enum Field: String, CaseIterable, Hashable, Sendable {
    /// The deal's id.
    case dealID = "deal_id"
    /// When it was created.
    case createdAt = "created_at"
    /// When it closed.
    case closedAt = "closed_at"
    /// Its rep.
    case rep = "rep_id"
    /// The buyer's industry.
    case industry
    /// The buyer's region.
    case region
    /// What is sold.
    case productType = "product_type"
    /// Where the lead came from.
    case leadSource = "lead_source"
    /// The stage that it is in, or reached.
    case stage
    /// What it is worth.
    case amount
    /// In which currency.
    case currency
    /// Won, lost or neither.
    case outcome
    /// Why it was lost.
    case lossReason = "loss_reason"
    /// When it is expected to close.
    case expectedCloseAt = "expected_close_at"
  }

  /// What a CRM's word for an outcome means.
  public enum OutcomeWord: String, CaseIterable, Hashable, Sendable {
    /// The deal was won.
    case won
    /// It was lost.
    case lost
    /// It is still open.
    case open

    var outcome: Outcome? { self == .won ? .won : self == .lost ? .lost : nil }
  }

  /// The order of day and month in dates with slashes or dots.
  public enum DateOrder: String, CaseIterable, Hashable, Sendable {
    /// 31/12/2024.
    case dayFirst = "day_first"
    /// 12/31/2024.
    case monthFirst = "month_first"
  }

  /// The name of each field's column. A field without a column is unknown for every deal.
  public var columns: [Field: String] = [
    .dealID: "deal_id", .createdAt: "created_date", .closedAt: "closed_date", .rep: "sales_rep_id",
    .industry: "industry", .region: "region", .productType: "product_type", .leadSource: "lead_source",
    .stage: "deal_stage", .amount: "deal_amount", .outcome: "outcome",
  ]
  /// What separates fields.
  public var separator: Character = ","
  /// How bytes are read as text.
  public var encoding = TableEncoding.utf8
  /// The order of day and month where a date leaves it open.
  public var dateOrder = DateOrder.monthFirst
  /// Minutes east of UTC of times without a zone.
  public var zoneMinutes = 0
  /// Whether numbers are written 1.234,56 instead of 1,234.56.
  public var hasDecimalComma = false
  /// Texts that stand for no value, in lower case.
  public var nulls: Set<String> = ["", "null", "none", "n/a", "na", "-", "nan"]
  /// The CRM's names of stages, in lower case. The five names of ours are known besides.
  public var stages: [String: Stage] = [:]
  /// The CRM's words for outcomes, in lower case.
  public var outcomes: [String: OutcomeWord] = [
    "won": .won, "closed won": .won, "closedwon": .won, "win": .won, "lost": .lost, "closed lost": .lost,
    "closedlost": .lost, "loss": .lost, "open": .open, "pending": .open, "in progress": .open,
  ]
  /// The currency of amounts without one.
  public var currency = Currency.usd

  /// The settings for the reference data.
  public init() {}
}
