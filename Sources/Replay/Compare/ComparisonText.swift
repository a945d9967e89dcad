import Deals

extension Comparison {
  /// The comparison for people, as plain text.
  public var text: String {
    var lines = [
      "A: \(names.first)", "B: \(names.second)", "\(Figures.deals(deals)) scored by both, point-in-time",
    ]
    let (first, second) = unknownCurrencies
    if first == second {
      if first > 0 { lines.append(DealLives.words(unknownCurrencies: first)) }
    } else {
      for (side, count) in [("A", first), ("B", second)] where count > 0 {
        lines.append("\(side): \(DealLives.words(unknownCurrencies: count))")
      }
    }
    lines.append("")
    let moved = moves.reduce(0) { $0 + $1.deals }
    let amount = moves.reduce(Money.zero) { $0 + $1.amount }
    lines.append("Tiers: \(Figures.deals(moved)) change tier, \(amountText(amount)) move")
    lines += moves.map {
      "  \($0.from.name) → \($0.to.name): \(Figures.deals($0.deals)), \(amountText($0.amount))"
    }
    lines += ["", alertLine]
    for week in weeks {
      lines.append("  week of \(week.monday): \(week.gone) disappear, \(week.new) appear, \(week.kept) stay")
      if let deals = Self.list(week.goneDeals) { lines.append("    disappear: \(deals)") }
      if let deals = Self.list(week.newDeals) { lines.append("    appear: \(deals)") }
    }
    lines += ["", Self.line("AUC", auc, "more is better"), Self.line("Brier score", brier, "less is better")]
    return lines.joined(separator: "\n") + "\n"
  }

  private var alertLine: String {
    let (gone, new, kept) = weeks.reduce((0, 0, 0)) { ($0.0 + $1.gone, $0.1 + $1.new, $0.2 + $1.kept) }
    return "Alerts (a score that rises to \(alertTier.name) or above): \(Figures.count(gone)) disappear, "
      + "\(Figures.count(new)) appear, \(Figures.count(kept)) stay, in \(weeks.count) weeks that have one"
  }

  /// The first deals by their ids; the JSON has all.
  private static func list(_ deals: [DealID]) -> String? {
    guard !deals.isEmpty else { return nil }
    let first = deals.prefix(10).map(\.text).joined(separator: ", ")
    return deals.count > 10 ? first + " and \(deals.count - 10) more" : first
  }

  private func amountText(_ amount: Money) -> String {
    let units = Figures.count(Int(amount.cents / 100))
    return currency == .usd ? "\(units) in amount" : "\(units) \(currency.code) in amount"
  }

  private static func line(_ name: String, _ test: PairedTest?, _ meaning: String) -> String {
    guard let test else { return "\(name): can't be compared, there are not both won and lost deals" }
    let verdict =
      test.p.map { p in
        (p < 0.001 ? "p < 0.001" : "p = \(Figures.share(p, 3))")
          + (p < 0.05 ? ": the difference is real" : ": no difference that chance would not make")
      } ?? "too few deals to tell whether it is real"
    return "\(name): A \(Figures.share(test.first, 4)), B \(Figures.share(test.second, 4)), difference "
      + "\(Figures.share(test.difference, 4)), \(verdict) (\(meaning))"
  }

  /// The comparison for machines, as one JSON object.
  public var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("a")
    writer.string(names.first)
    writer.key("b")
    writer.string(names.second)
    writer.count("deals", deals)
    writer.key("currency")
    writer.string(currency.code)
    writer.count("unknown_currencies_a", unknownCurrencies.first)
    writer.count("unknown_currencies_b", unknownCurrencies.second)
    writer.key("moves")
    writer.beginArray()
    for move in moves {
      writer.beginObject()
      writer.key("from")
      writer.string(move.from.name)
      writer.key("to")
      writer.string(move.to.name)
      writer.count("deals", move.deals)
      writer.key("amount")
      writer.money(move.amount)
      writer.endObject()
    }
    writer.endArray()
    writer.key("alert_tier")
    writer.string(alertTier.name)
    writer.key("weeks")
    writer.beginArray()
    for week in weeks {
      writer.beginObject()
      writer.key("monday")
      writer.string("\(week.monday)")
      writer.count("kept", week.kept)
      writer.count("gone", week.gone)
      writer.count("new", week.new)
      Self.write("gone_deals", week.goneDeals, &writer)
      Self.write("new_deals", week.newDeals, &writer)
      writer.endObject()
    }
    writer.endArray()
    Self.write("auc", auc, &writer)
    Self.write("brier", brier, &writer)
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  private static func write(_ name: StaticString, _ deals: [DealID], _ writer: inout JSONWriter) {
    writer.key(name)
    writer.beginArray()
    for deal in deals { writer.string(deal.text) }
    writer.endArray()
  }

  private static func write(_ name: StaticString, _ test: PairedTest?, _ writer: inout JSONWriter) {
    writer.key(name)
    guard let test else { return writer.null() }
    writer.beginObject()
    writer.figure("a", test.first)
    writer.figure("b", test.second)
    writer.figure("difference", test.difference)
    writer.figure("p", test.p)
    writer.endObject()
  }
}
