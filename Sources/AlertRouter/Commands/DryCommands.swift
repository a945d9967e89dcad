import AlertDelivery
import Alerts
import ArgumentParser
import Configuration
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
    guard let now = at.map({ Timestamp(rfc3339: $0) }) ?? .some(Clock.wall()) else {
      throw ValidationError("--at is no RFC 3339 time: write it like 2026-03-02T09:00:00Z")
    }
    var rehearsal = EventRehearsal(rules, at: now)
    for statement in try RiskFile.read(event) {
      print("\(statement.kind.rawValue) \(statement.subject)")
      for line in rules.tree.explanation(for: statement) { print("  \(line)") }
      for decision in rehearsal.take(statement) { print("  \(Self.words(decision))") }
    }
    while let step = rehearsal.next() {
      print("\nat \(step.at)")
      for decision in step.output.decisions { print("  \(decision.subject): \(Self.words(decision))") }
      for message in step.output.messages {
        let text = templates.render(message).text.split(separator: "\n", omittingEmptySubsequences: false)
        print("  to \(message.recipient?.name ?? "#\(message.receiver)"), by \(message.receiver):")
        for line in text { print("    \(line)") }
      }
    }
    print("\nWhat became of each, in a router without silences and acknowledgements")
    for outcome in rehearsal.outcomes { print("  \(Self.line(outcome))") }
  }

  private static func words(_ decision: Decision) -> String {
    "\(decision.reason.rawValue)\(decision.routeID.map { " [\($0)]" } ?? ""): \(decision.text)"
  }

  private static func line(_ outcome: EventRehearsal.Outcome) -> String {
    let name = "\(outcome.kind.rawValue) \(outcome.subject)\(outcome.routeID.map { " [\($0)]" } ?? "")"
    var steps = outcome.decisions.map { "\($0.reason.rawValue) at \($0.at), \($0.text)" }
    if outcome.isWaiting { steps.append("still waiting after \(EventRehearsal.days) days") }
    if steps.isEmpty { steps = ["over before anything was said"] }
    return "\(name): \(steps.joined(separator: "; then "))"
  }
}

/// `alert-router simulate`: what would a history have sent?
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Counts what a history would have sent, per person and day; sends nothing.",
    discussion: """
      A score does not say that its deal was closed. --outcomes does; so does a record without a value in --from, which
      deletes a deal. Without --outcomes a deal counts as closed when nothing was heard of it for --quiet-after: the scorer
      speaks of a deal that stands for 45, 60 and 90 days, so one that is open is heard of within 45.
      """)

  @OptionGroup var options: RuleOptions

  @Option(help: "Records of deals.risk as JSON Lines, plain or as kcat -J writes them; shifts may stand among them.")
  var from: String

  @Option(
    help: "Records of deals.outcomes as JSON Lines, plain or as kcat -J writes them: which deals closed, and when.")
  var outcomes: String?

  @Option(help: "Without --outcomes: a deal of which nothing was heard for so long counts as closed; never for none.")
  var quietAfter: String = "45d"

  func run() throws {
    let rules = try options.rules()
    let content = try RiskFile.content(from)
    let ledger = try outcomes.map { try RiskFile.outcomes($0) }
    let quiet = quietAfter == "never" ? nil : Milliseconds(configurationText: quietAfter)
    guard quiet != nil || quietAfter == "never" else {
      throw ValidationError("--quiet-after must be \(Milliseconds.form), or never")
    }
    let times = content.statements.map(\.occurredAt) + (ledger ?? []).map(\.occurredAt)
    guard let first = times.min(), let last = times.max() else { throw Failure("\(from) holds no event") }
    guard last.days(since: first) <= 36_525 else {
      throw Failure("\(from) reaches from \(first) to \(last), more than a hundred years: correct its times")
    }
    var history = HistoryRehearsal(rules, quietAfter: ledger == nil ? quiet : nil)
    history.play(content.statements, ledger ?? [])
    print("day\tto\tpurpose\tmessages")
    for (line, number) in history.messages.sorted(by: { $0.key < $1.key }) {
      print("\(line.day)\t\(line.recipient)\t\(line.purpose.rawValue)\t\(number)")
    }
    print("\nevents \(content.statements.count), messages \(history.messages.values.reduce(0, +))")
    for (reason, number) in history.reasons.sorted(by: { ($1.value, $0.key.rawValue) < ($0.value, $1.key.rawValue) }) {
      print("  \(reason.rawValue) \(number)")
    }
    print(closes(history, ledger, quiet))
  }

  private func closes(_ history: HistoryRehearsal, _ ledger: [LedgerEntry]?, _ quiet: Milliseconds?) -> String {
    let told = Wording.count(history.ends, "close")
    if ledger != nil { return "Closes are known: \(told) in the files." }
    let assumed =
      quiet.map {
        "A deal of which nothing was heard for \($0.configurationText) counted as closed; so ended "
          + "\(Wording.count(history.quiet, "alert")). --quiet-after sets that time."
      } ?? "Alerts of deals that were closed go on and are said again and again."
    return
      "Closes are not known, but for \(told) in the file. \(assumed) --outcomes FILE (deals.outcomes) tells closes."
  }
}
