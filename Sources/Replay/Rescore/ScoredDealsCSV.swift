import Deals

/// Scored deals as a table: one line for each deal, with the columns of the reference's own table first.
public struct ScoredDealsCSV: Sendable {
  /// The first line, without its end.
  public static let header = "deal_id,deal_amount,outcome,risk_score,win_probability,risk_tier,model,scored_at"

  /// A table.
  public init() {}

  /// A deal's line, without its end. Percentages have one decimal, the tier is followed by the word Risk, an open deal
  /// has the outcome Open, an unknown amount is empty.
  public func line(_ deal: ScoredDeal) -> String {
    let assessment = deal.assessment
    let chance = RiskScore(points: 100 * assessment.winProbability.value)
    return [
      CSVWriter.field(deal.id.text),
      deal.amount.map(Self.text) ?? "",
      deal.outcome.map { $0 == .won ? "Won" : "Lost" } ?? "Open",
      Self.text(assessment.score),
      Self.text(chance),
      "\(assessment.tier.name) Risk",
      CSVWriter.field(deal.model.text),
      deal.scoredAt.rfc3339,
    ].joined(separator: ",")
  }

  private static func text(_ score: RiskScore) -> String { "\(score.tenths / 10).\(score.tenths % 10)" }

  /// Whole units without decimals, others with two.
  private static func text(_ amount: Money) -> String {
    let (units, cents) = amount.cents.quotientAndRemainder(dividingBy: 100)
    guard cents != 0 else { return "\(units)" }
    return "\(units).\(cents < 10 ? "0" : "")\(cents)"
  }
}
