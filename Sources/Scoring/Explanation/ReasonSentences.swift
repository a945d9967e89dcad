import Deals

/// The last sentence about each segment: most scores say what the one before said of the same rep or industry, and
/// writing a sentence costs more than scoring.
struct ReasonSentences: Sendable {
  /// All that a sentence about a segment's win rate depends on.
  struct Comparison: Hashable, Sendable {
    var factor: Symbol
    var value: Symbol
    /// The segment's win rate in whole per cent.
    var percent: Int
    /// Closed deals behind it.
    var deals: Int
    /// The team's win rate in whole per cent.
    var overallPercent: Int
  }

  private struct Entry: Sendable {
    var comparison: Comparison
    var sentence: String
  }

  /// By the number of the value's symbol; symbols beyond the limit are written anew each time.
  private var entries: [Entry?] = []
  private static let limit = 65_536

  /// What is said of deals that stand still, by stage and days: nearly all days are those of the steps of ageing.
  private var standing: [Standing: String] = [:]

  private struct Standing: Hashable, Sendable {
    var stage: Stage
    var days: Int
  }

  /// The sentence about a deal that has stood in a stage for so many days.
  mutating func standing(in stage: Stage, days: Int) -> String {
    let key = Standing(stage: stage, days: days)
    if let known = standing[key] { return known }
    let sentence = "it has stood in \(stage.name) for \(days) days"
    if standing.count >= Self.limit { standing.removeAll() }
    standing[key] = sentence
    return sentence
  }

  /// The sentence of a comparison, written where the last one of that segment says another.
  mutating func sentence(_ comparison: Comparison, write: (Comparison) -> String) -> String {
    let index = comparison.value.ordinal
    if index < entries.count, let entry = entries[index], entry.comparison == comparison { return entry.sentence }
    let sentence = write(comparison)
    guard index < Self.limit else { return sentence }
    if index >= entries.count { entries.append(contentsOf: repeatElement(nil, count: index + 1 - entries.count)) }
    entries[index] = Entry(comparison: comparison, sentence: sentence)
    return sentence
  }
}
