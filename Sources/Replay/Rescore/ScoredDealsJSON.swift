import Deals

/// Scored deals as JSON Lines: one object for each deal, with the names of the table's columns.
public struct ScoredDealsJSON {
  private var writer = JSONWriter()

  /// A writer.
  public init() {}

  /// A deal's object as text, without a line's end. The chance is a share from 0 to 1 in full, the tier the word alone.
  public mutating func line(_ deal: ScoredDeal) -> String {
    writer.removeAll()
    writer.beginObject()
    writer.key("deal_id")
    writer.string(deal.id.text)
    writer.key("deal_amount")
    if let amount = deal.amount { writer.money(amount) } else { writer.null() }
    writer.key("outcome")
    if let outcome = deal.outcome { writer.string(outcome.name) } else { writer.null() }
    writer.key("risk_score")
    writer.tenths(Int(deal.assessment.score.tenths))
    writer.key("win_probability")
    writer.number(deal.assessment.winProbability.value)
    writer.key("risk_tier")
    writer.string(deal.assessment.tier.name)
    writer.key("model")
    writer.symbol(deal.model)
    writer.key("scored_at")
    writer.timestamp(deal.scoredAt)
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }
}
