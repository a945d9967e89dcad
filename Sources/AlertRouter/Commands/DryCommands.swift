import AlertDelivery
import Alerts
import ArgumentParser
import Deals
import Foundation
import Programs

/// `alert-router check`: are rules and templates in order?
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Checks rules and templates; every fault with its file and line.")

  @OptionGroup var options: RuleOptions

  func run() throws {
    let rules = try options.rules()
    _ = try MessageTemplates(folder: options.templates)
    print(
      "\(options.config) is in order: \(rules.tree.all.count) routes, \(rules.receivers.count) receivers, "
        + "\(rules.owners.people.count) people, \(rules.digests.count) digests")
    for missing in rules.missingVariables(in: ProcessInfo.processInfo.environment) {
      print("warning: here \(missing); alert-router run does not start without it")
    }
    for route in rules.tree.all { print("  \(route.id) → \(route.receiver), to \(route.audience.rawValue)") }
  }
}

/// `alert-router route`: what would happen with an event?
struct RouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route", abstract: "Says what would happen with risk events, and why; sends nothing.")

  @OptionGroup var options: RuleOptions

  @Option(help: "A risk event as JSON, or several as JSON Lines; shifts may stand among them.")
  var event: String

  @Option(help: "The moment to assume, RFC 3339; now by default.")
  var at: String?

  func run() throws {
    let rules = try options.rules()
    let templates = try MessageTemplates(folder: options.templates)
    guard var now = at.map({ Timestamp(rfc3339: $0) }) ?? .some(Clock.wall()) else {
      throw ValidationError("--at is no RFC 3339 time: write it like 2026-03-02T09:00:00Z")
    }
    var pipeline = AlertPipeline(rules)
    for statement in try RiskFile.read(event) {
      print("\(statement.kind.rawValue) \(statement.subject)")
      for line in rules.tree.explanation(for: statement) { print("  \(line)") }
      for decision in pipeline.take(statement, at: now) { show(decision) }
    }
    // Nothing waits longer than the longest group_wait.
    for _ in 0..<1_000 {
      guard let due = pipeline.nextDue, due.milliseconds - now.milliseconds <= 3_600_000 else { break }
      now = max(now, due)
      let output = pipeline.tick(at: now)
      for decision in output.decisions { show(decision) }
      for message in output.messages { print("\n\(now) \(templates.render(message).text)") }
      if !output.messages.isEmpty { break }
    }
  }

  private func show(_ decision: Decision) {
    let place = decision.routeID.map { " [\($0)]" } ?? ""
    print("  \(decision.reason.rawValue)\(place): \(decision.text)")
  }
}

/// `alert-router simulate`: what would a history have sent?
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Counts what a history would have sent, per person and day; sends nothing.")

  @OptionGroup var options: RuleOptions

  @Option(help: "Risk events as JSON Lines, in the order of time.")
  var from: String

  func run() throws {
    var pipeline = AlertPipeline(try options.rules())
    var statements = try RiskFile.read(from)
    statements.sort { $0.occurredAt < $1.occurredAt }
    guard let first = statements.first, let last = statements.last else { throw Failure("\(from) holds no event") }
    var counts: [String: Int] = [:]
    var reasons: [DecisionReason: Int] = [:]
    func count(_ output: PipelineOutput) {
      for message in output.messages {
        let day = pipeline.rules.zone.local(message.madeAt).day
        counts["\(day)\t\(message.recipient?.id ?? "#\(message.receiver)")\t\(message.purpose.rawValue)", default: 0] +=
          1
      }
      for decision in output.decisions { reasons[decision.reason, default: 0] += 1 }
    }
    var now = first.occurredAt
    var index = 0
    let end = last.occurredAt.adding(days: 1)
    while now <= end {
      while index < statements.count, statements[index].occurredAt <= now {
        var statement = statements[index]
        // A history is backfill; here it is to be treated as if it were new.
        statement.isBackfill = false
        count(PipelineOutput(decisions: pipeline.take(statement, at: now)))
        index += 1
      }
      count(pipeline.tick(at: now))
      now = now.adding(milliseconds: 600_000)
    }
    print("day\tto\tpurpose\tmessages")
    for (key, number) in counts.sorted(by: { $0.key < $1.key }) { print("\(key)\t\(number)") }
    print("\nevents \(statements.count), messages \(counts.values.reduce(0, +))")
    for (reason, number) in reasons.sorted(by: { $0.value > $1.value }) { print("  \(reason.rawValue) \(number)") }
  }
}
