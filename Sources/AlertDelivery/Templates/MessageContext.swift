import Alerts
import Deals

/// What templates may ask for, as dictionaries of text.
struct MessageContext {
  /// Lines that a message shows; the rest is counted.
  static let shownAlerts = 20
  /// Every name that a template may use.
  static let names: Set<String> = [
    ".", "subject", "heading", "intro", "alerts", "resolved", "more", "dollars", "footer", "line", "name", "amount",
    "tier",
    "score", "actions", "bar", "news", "hasAlerts", "hasResolved", "turnedCritical", "hasTurnedCritical", "trends",
    "hasTrends", "accurate", "wrong", "reports", "hasReports",
    "title", "lines", "lead", "story", "arrow", "color", "isDigest", "list", "standing", "resolvedTitle", "handedOn",
    "hasHandedOn", "when",
  ]

  static func make(
    _ message: OutgoingMessage, _ links: FeedbackLinks? = nil, showing most: Int = shownAlerts
  ) -> [String: Any] {
    let deals = message.alerts.filter { $0.source.kind != .trendShift }
    let trends = message.alerts.filter { $0.source.kind == .trendShift }
    let isDigest = message.period != nil
    let shown = Array((isDigest ? deals : message.alerts).prefix(isDigest ? min(10, most) : most))
    let (criticalDays, when) = message.purpose == .daily ? (1, "since yesterday") : (7, "this week")
    let critical = deals.filter { alert in
      guard let since = alert.criticalSince, message.purpose == .daily || message.purpose == .weekly else {
        return false
      }
      return since.adding(days: criticalDays) > message.madeAt
    }
    let hidden = (isDigest ? deals.count : message.alerts.count) - shown.count + message.omitted
    let over = message.resolved.filter { $0.isHandedOn != true }
    let handedOn = message.resolved.filter { $0.isHandedOn == true }
    let context: [String: Any] = [
      "subject": subject(message), "heading": heading(message), "intro": intro(message),
      "alerts": shown.map { alert($0, message, links) }, "hasAlerts": !shown.isEmpty,
      "resolved": over.prefix(shownAlerts).map(resolved), "hasResolved": !over.isEmpty,
      // Where a message is about nothing else its heading says so.
      "resolvedTitle": message.purpose == .resolved ? "" : "No longer at risk",
      "handedOn": handedOn.prefix(shownAlerts).map(resolved), "hasHandedOn": !handedOn.isEmpty,
      "standing": standing(message), "when": when,
      "turnedCritical": critical.prefix(10).map { alert($0, message, nil) }, "hasTurnedCritical": !critical.isEmpty,
      "trends": (isDigest ? trends : []).prefix(10).map { alert($0, message, nil) },
      "hasTrends": isDigest && !trends.isEmpty,
      "reports": (message.reports ?? []).prefix(40).map(report), "hasReports": message.reports?.isEmpty == false,
      "isDigest": isDigest && !shown.isEmpty, "list": critical.prefix(10).map(name).joined(separator: ", "),
      "more": hidden > 0 ? "and \(hidden) more" : "", "dollars": Wording.dollars(message.dollars),
      "footer": "Sent by DealPulse for \(message.recipient?.name ?? message.receiver). Message \(message.id).",
    ]
    // To Mustache an empty text is there; a name that is missing is not.
    return context.filter { ($0.value as? String)?.isEmpty != true }
  }

  /// One line that says it all, for subjects and notifications.
  static func subject(_ message: OutgoingMessage) -> String {
    if message.period != nil {
      let atRisk = atRisk(message)
      return
        "\(heading(message)): \(Wording.count(atRisk.count, "open alert")), \(Wording.dollars(atRisk.dollars)) at risk"
    }
    guard let first = message.alerts.first ?? message.resolved.first else { return heading(message) }
    let others = (message.alerts.isEmpty ? message.resolved.count : message.alertCount) - 1
    return "\(heading(message)): \(name(first))\(others > 0 ? " and \(Wording.count(others, "other"))" : "")"
  }

  private static func heading(_ message: OutgoingMessage) -> String {
    switch message.purpose {
    case .alert: message.alerts.contains { $0.source.tier == .critical } ? "Critical" : "At risk"
    case .resolved: message.resolved.allSatisfy { $0.isHandedOn == true } ? "Handed on" : "No longer at risk"
    case .reminder: "Still open"
    case .escalation: "Nobody has answered"
    case .afterMute: "Open after the quiet hours"
    case .backlog: "While the router was away"
    case .storm: "Many alerts at once"
    case .daily: "Daily summary"
    case .weekly: "Weekly digest"
    case .monthly: "Monthly scorecard"
    }
  }

  private static func intro(_ message: OutgoingMessage) -> String {
    guard let period = message.period else { return "" }
    let atRisk = atRisk(message)
    guard atRisk.count > 0 else { return "\(period): nothing is at risk." }
    return "\(period): \(Wording.count(atRisk.count, "open alert")) with \(Wording.dollars(atRisk.dollars)) at risk."
  }

  /// What the group holds beside the news.
  private static func standing(_ message: OutgoingMessage) -> String {
    guard let count = message.standing, count > 0 else { return "" }
    let dollars = message.standingDollars.map { " (\(Wording.dollars($0)))" } ?? ""
    return "\(Wording.count(count, "other")) of this group \(count == 1 ? "stays" : "stay") open\(dollars)"
  }

  /// Why a line stands in a message: its news while it is news to the reader, else how long it has been open.
  private static func news(_ alert: Alert, _ message: OutgoingMessage) -> String {
    let isNews: Bool
    switch message.purpose {
    case .alert, .resolved, .afterMute, .backlog, .storm: isNews = true
    case .reminder, .escalation: isNews = false
    case .daily: isNews = alert.changedAt.adding(days: 1) > message.madeAt
    case .weekly: isNews = alert.changedAt.adding(days: 7) > message.madeAt
    case .monthly: isNews = alert.changedAt.adding(days: 31) > message.madeAt
    }
    if isNews { return alert.news }
    let minutes = Int(max(0, message.madeAt.milliseconds - alert.openedAt.milliseconds) / 60_000)
    if minutes < 60 { return "open for \(Wording.count(minutes, "minute"))" }
    if minutes < 48 * 60 { return "open for \(Wording.count(minutes / 60, "hour"))" }
    return "open for \(Wording.count(minutes / (24 * 60), "day"))"
  }

  /// What a digest's headline counts: deals, whose dollars a shift of their segment would count again.
  private static func atRisk(_ message: OutgoingMessage) -> (count: Int, dollars: Money) {
    let deals = message.alerts.filter { $0.source.kind == .dealRisk }
    return (deals.count + message.omitted, deals.dollars + message.omittedDollars)
  }

  private static func alert(
    _ alert: Alert, _ message: OutgoingMessage, _ links: FeedbackLinks?
  ) -> [String: Any] {
    let source = alert.source
    let score = source.score.map { Int($0.points.rounded()) } ?? 0
    let lead = source.kind == .dealRisk ? name(alert) : ""
    let line = sentence(source)
    var context: [String: Any] = [
      "line": line, "story": String(line.dropFirst(lead.count)), "arrow": (source.points ?? 0) < 0 ? "▼" : "▲",
      "color": source.tier == .critical ? "#b42318" : "#d9822b", "name": name(alert),
      "amount": source.amount.map(Wording.dollars) ?? "",
      "tier": source.tier.name, "score": source.score.map { Wording.decimal($0.points) } ?? "",
      "actions": source.actions.prefix(2).map { $0 } as [String], "bar": max(2, min(100, score)),
      "news": news(alert, message),
    ]
    if !lead.isEmpty { context["lead"] = lead }
    let person = message.recipient?.id ?? message.receiver
    for verdict in FeedbackVerdict.allCases {
      context[verdict.rawValue] = links?.link(verdict, on: source, by: person, at: message.madeAt)
    }
    return context
  }

  private static func report(_ note: ReportNote) -> [String: Any] {
    ["title": note.title, "lines": Array(note.lines.prefix(12))]
  }

  private static func resolved(_ alert: Alert) -> [String: Any] {
    ["name": name(alert), "news": alert.news, "line": "\(name(alert)): \(alert.news)."]
  }

  private static func name(_ alert: Alert) -> String {
    let source = alert.source
    guard source.kind == .dealRisk else { return source.title ?? source.subject }
    let inside = [source.amount.map(Wording.dollars), source.labels["industry"]].compactMap(\.self)
    return inside.isEmpty ? source.subject : "\(source.subject) (\(inside.joined(separator: ", ")))"
  }

  /// What a person would write: the deal, the amount, where it stands, why, and what to do.
  static func sentence(_ source: AlertSource) -> String {
    guard source.kind == .dealRisk else { return other(source) }
    let inside = [source.amount.map(Wording.dollars), source.labels["industry"]].compactMap(\.self)
    var text = source.subject + (inside.isEmpty ? "" : " (\(inside.joined(separator: ", ")))")
    if let stage = source.labels["stage"], source.daysInStage == 0 {
      text += " has come to \(stage)"
    } else if let stage = source.labels["stage"], let days = source.daysInStage {
      text += " has stood in \(stage) for \(Wording.count(days, "day"))"
    } else {
      text += " is at risk"
    }
    text += source.labels["rep_id"].map { " with \($0)." } ?? "."
    for reason in source.reasons.prefix(2) { text += " \(closed(reason))" }
    if let score = source.score { text += " Risk \(Int(score.points.rounded()))." }
    if let action = source.actions.first { text += " \(closed(action))" }
    return text
  }

  private static func other(_ source: AlertSource) -> String {
    var text = closed(source.title ?? source.subject)
    if source.kind == .trendShift, source.title == nil, let points = source.points {
      let verb = points < 0 ? "fell" : "rose"
      text = "The win rate of \(source.subject) \(verb) by \(Wording.decimal(abs(points))) points."
    }
    if let amount = source.amount {
      text += " \(Wording.dollars(amount)) is \((source.points ?? -1) < 0 ? "exposed" : "open")."
    }
    for reason in source.reasons.prefix(2) { text += " \(closed(reason))" }
    if let action = source.actions.first { text += " \(closed(action))" }
    return text
  }

  /// A sentence, with a capital letter in front and a full stop behind.
  private static func closed(_ text: String) -> String {
    // A name such as rep_22 stays as it is.
    let isWord = text.prefix { $0 != " " }.allSatisfy(\.isLetter)
    guard isWord else { return text.hasSuffix(".") ? text : text + "." }
    let capital = text.prefix(1).uppercased() + text.dropFirst()
    return capital.hasSuffix(".") || capital.hasSuffix("!") || capital.hasSuffix("?") ? capital : capital + "."
  }
}
