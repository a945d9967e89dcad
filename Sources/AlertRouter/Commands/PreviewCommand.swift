import AlertDelivery
import Alerts
import ArgumentParser
import Deals
import Foundation
import Programs

/// `alert-router preview`: how does a message look?
struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview", abstract: "Writes a message of risk events to a file, as email, Slack or text.")

  /// In which form.
  enum Form: String, CaseIterable {
    /// The HTML part of the mail.
    case email
    /// A page that shows what Slack shows.
    case slack
    /// What Slack is sent.
    case slackJSON = "slack-json"
    /// The text part of the mail.
    case text
  }

  @OptionGroup var options: RuleOptions

  @Option(help: "Risk events, as for route; shifts and reports may stand among them.")
  var event: String

  @Option(help: "alert, resolved, reminder, escalation, after_mute, backlog, storm, daily, weekly or monthly.")
  var purpose = "alert"

  @Option(help: "A receiver of the rules by its name, or a form: email, slack, slack-json or text.")
  var receiver = "email"

  @Option(help: "The file to write.")
  var output = "preview.html"

  @Option(help: "The moment to assume, RFC 3339; now by default.")
  var at: String?

  func run() throws {
    let rules = try options.rules()
    guard let purpose = MessagePurpose(rawValue: purpose) else {
      throw ValidationError("there is no purpose \(purpose): use one of those that --help names")
    }
    guard let now = at.map({ Timestamp(rfc3339: $0) }) ?? .some(Clock.wall()) else {
      throw ValidationError("--at is no RFC 3339 time: write it like 2026-03-02T09:00:00Z")
    }
    let form = try form(rules)
    let content = try RiskFile.content(event)
    var message = message(purpose, content.statements, rules, at: now)
    let reports = content.reports.filter { $0.kind.purpose == purpose }
    message.reports = reports.isEmpty ? nil : reports
    let rendered = try MessageTemplates(folder: options.templates).render(message, links: links(rules))
    try Data(write(rendered, message, form, at: now).utf8).write(to: URL(fileURLWithPath: output))
    print("\(output): \(rendered.subject)")
  }

  /// The form in which a receiver of the rules is written to, or the one that is named.
  private func form(_ rules: RouterRules) throws -> Form {
    switch rules.receivers[receiver]?.transport {
    case .email: return .email
    case .slackWebhook, .slackBot: return .slack
    // What webhooks and PagerDuty get holds this text.
    case .console, .webhook, .pagerDuty: return .text
    case nil:
      if let form = Form(rawValue: receiver) { return form }
      let names = rules.receivers.keys.sorted() + Form.allCases.map(\.rawValue)
      throw ValidationError("there is no receiver \(receiver): use one of \(names.joined(separator: ", "))")
    }
  }

  /// Links as a router would make them, with a signature that none accepts.
  private func links(_ rules: RouterRules) -> FeedbackLinks? {
    rules.feedback.map {
      FeedbackLinks(base: $0.url, secret: "no secret, only a preview", validMilliseconds: $0.valid.value)
    }
  }

  /// What a router would say whose threshold everything passes.
  private func message(
    _ purpose: MessagePurpose, _ statements: [AlertSource], _ rules: RouterRules, at now: Timestamp
  ) -> OutgoingMessage {
    var open = rules
    open.threshold.amount = .zero
    var pipeline = AlertPipeline(open)
    for var statement in statements {
      statement.isBackfill = false
      _ = pipeline.take(statement, at: now)
    }
    var message = OutgoingMessage(
      id: "preview", purpose: purpose, receiver: rules.receivers[receiver] == nil ? "preview" : receiver,
      recipient: rules.owners.cro, madeAt: now)
    message.alerts = pipeline.openAlerts.filter { $0.source.kind != .volumeSpike }
    if purpose == .resolved {
      message.resolved = message.alerts.map { alert in
        var over = alert
        (over.isResolved, over.news) = (true, "recovered")
        return over
      }
      message.alerts = []
    }
    if [.daily, .weekly, .monthly].contains(purpose) { message.period = rules.zone.local(now).day.description }
    return message
  }

  private func write(
    _ rendered: RenderedMessage, _ message: OutgoingMessage, _ form: Form, at now: Timestamp
  ) throws -> String {
    switch form {
    case .email: return rendered.html
    case .text: return rendered.text
    case .slackJSON, .slack:
      let payload = try rendered.slackPayload(footer: "DealPulse · \(message.purpose.rawValue)")
      guard form == .slack else { return String(decoding: payload, as: UTF8.self) }
      guard var shown = SlackRendering.message(payload, channel: "#deals") else {
        throw Failure("the payload can't be shown")
      }
      shown.receivedAt = Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000)
      return SinkPage.slack(shown)
    }
  }
}
