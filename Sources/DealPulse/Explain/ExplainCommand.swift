import ArgumentParser
import Connection
import Deals
import Foundation
import Kafka
import Logging
import Programs

/// `dealpulse explain`: why a deal has its score.
struct ExplainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Shows a deal's score: components, reasons and what to do.")

  @Argument(help: "The deal's id.") var deal: String
  @Flag(help: "Every score of the deal, not the last alone.") var all = false
  @OptionGroup var cluster: ClusterOptions

  func run() async throws {
    let command = self
    let cluster = try cluster.settings()
    let events = try await DedicatedThread.run(name: "explain") { try command.read(cluster) }
    guard let last = events.last else {
      throw Failure(text: "\(cluster.topics.risk) has no score of \(deal): check the id and --topic-prefix")
    }
    for event in all ? events : [last] { print(Explanation(event).text) }
  }

  private func read(_ cluster: ConnectionSettings) throws -> [RiskEvent] {
    let logger = Logger(label: "dealpulse")
    let topic = cluster.topics.risk
    guard let found = try Admin(cluster.client, logger: logger).describe(topic: topic) else {
      throw Failure(text: "the topic \(topic) does not exist: run `dealpulse topics apply`")
    }
    let decoder = RiskDecoder()
    var events: [RiskEvent] = []
    try TopicReader.read(cluster.client, topic: topic, partitions: found.partitions, logger: logger) { message in
      guard message.key.withUnsafeBytes({ $0.elementsEqual(deal.utf8) }), !message.isTombstone else { return }
      events.append(try message.value.withUnsafeBytes { try decoder.decode($0) })
    }
    return events
  }
}

/// A score as a person reads it.
struct Explanation {
  private let event: RiskEvent

  init(_ event: RiskEvent) { self.event = event }

  var text: String {
    var lines = [heading, context, ""]
    lines.append(Self.row("factor", "value", "win rate", "deals", "weight", "points"))
    for component in event.components {
      lines.append(
        Self.row(
          component.factor.text, component.value?.text ?? "–",
          component.winRate.map { Self.fixed($0 * 100, 1) + "%" } ?? "–", String(component.deals),
          Self.fixed(component.weight, 2), Self.fixed(component.contribution, 1)))
    }
    if !event.reasons.isEmpty { lines += ["", "why"] + event.reasons.map { "  · \($0)" } }
    if !event.actions.isEmpty { lines += ["", "what to do"] + event.actions.map { "  → \($0.text)" } }
    lines += ["", origin]
    return lines.joined(separator: "\n")
  }

  private var heading: String {
    var text = "\(event.dealID)  risk \(event.score.points)  \(event.tier.name)"
    text += "  (win chance \(Self.fixed(event.winProbability.value * 100, 1))%"
    if let percentile = event.percentile { text += ", riskier than \(percentile)% of recent deals" }
    text += ")"
    if let previous = event.previousScore { text += "  before \(previous.points)" }
    return text
  }

  private var context: String {
    let words = [
      event.amount.map { "$\(Int($0.units))" }, event.descriptors.industry?.text, event.descriptors.region?.text,
      event.descriptors.leadSource?.text, event.descriptors.rep?.text,
    ].compactMap(\.self)
    return words.joined(separator: ", ")
      + ", \(event.daysInStage) days in \(event.stage.name), \(event.ageDays) days old"
  }

  private var origin: String {
    let flags = RiskFlags.names.enumerated().filter { event.flags.rawValue & 1 << $0.offset != 0 }.map(\.element)
    return "\(event.trigger.name) at \(event.occurredAt), scored \(event.scoredAt) (\(event.mode.name)) by "
      + "\(event.model), configuration \(event.configurationHash); change \(event.source.partition)/"
      + "\(event.source.offset), ledger up to \(event.baselineOffset)"
      + (flags.isEmpty ? "" : "; \(flags.joined(separator: ", "))")
  }

  private static func row(_ cells: String...) -> String {
    let widths = [14, 20, 9, 7, 7, 7]
    return zip(cells, widths).enumerated().map { index, cell in
      let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
      return index < 2 ? cell.0 + padding : padding + cell.0
    }.joined(separator: " ")
  }

  static func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
