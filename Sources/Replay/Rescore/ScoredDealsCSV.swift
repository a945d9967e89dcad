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
      Self.quoted(deal.id.text),
      deal.amount.map(Self.text) ?? "",
      deal.outcome.map { $0 == .won ? "Won" : "Lost" } ?? "Open",
      Self.text(assessment.score),
      Self.text(chance),
      "\(assessment.tier.name) Risk",
      Self.quoted(deal.model.text),
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

  /// A field as RFC 4180 wants it: in quotes where it holds a comma, a quote or a line's end.
  private static func quoted(_ field: String) -> String {
    let needsQuotes = field.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 0x0A, 0x0D].contains($0) }
    guard needsQuotes else { return field }
    return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
