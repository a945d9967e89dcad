import Deals
import Foundation
import Kafka
import Logging
import Scoring
import Topics

/// What a demo did, read back through Kafka.
struct DemoSummary: Codable {
  var changes = 0
  var scores = 0
  var deals_closed = 0
  var won = 0
  var lost = 0
  var win_rate: Double?
  var dead_letters = 0
  var tiers: [String: Int] = [:]
  var seconds = 0.0

  static func read(_ client: ClientConfiguration, _ topics: TopicNames, dealPartitions: Int) throws -> DemoSummary {
    let logger = Logger(label: "dealpulse")
    var summary = DemoSummary()
    let ledger = LedgerDecoder()
    // The baselines are the ledger's own reader: a repeated entry counts once here as everywhere.
    var baselines = Baselines(model: WeightedModel.name)
    try TopicReader.read(client, topic: topics.outcomes, partitions: 1, logger: logger) { message in
      baselines.apply(try message.value.withUnsafeBytes { try ledger.decode($0) }, at: message.offset)
    }
    let tally = baselines.overallTally(.all)
    (summary.won, summary.lost, summary.deals_closed) = (Int(tally.won), Int(tally.lost), tally.deals)
    summary.win_rate = tally.winRate
    let risks = RiskDecoder()
    var seen: Set<EventID> = []
    try TopicReader.read(client, topic: topics.risk, partitions: dealPartitions, logger: logger) { message in
      guard !message.isTombstone else { return }
      let event = try message.value.withUnsafeBytes { try risks.decode($0) }
      guard seen.insert(event.eventID).inserted else { return }
      summary.tiers[event.tier.name, default: 0] += 1
    }
    summary.scores = seen.count
    try TopicReader.read(client, topic: topics.changes, partitions: dealPartitions, logger: logger) { _ in
      summary.changes += 1
    }
    try TopicReader.read(client, topic: topics.deadLetter, partitions: 3, logger: logger) { _ in
      summary.dead_letters += 1
    }
    return summary
  }

  var text: String {
    let tierText = RiskTier.allCases.map { "\($0.name) \(tiers[$0.name] ?? 0)" }.joined(separator: ", ")
    return """
      changes      \(changes)
      scores       \(scores)  (\(tierText))
      closed deals \(deals_closed)  (\(won) won, \(lost) lost, win rate \(win_rate.map { Explanation.fixed($0 * 100, 2) + "%" } ?? "–"))
      dead letters \(dead_letters)
      """
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }
}
