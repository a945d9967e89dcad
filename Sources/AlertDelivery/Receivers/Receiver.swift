import Alerts
import CCurl
import Crypto
import Deals
import Foundation

/// Delivers messages to one receiver. Blocks, so not from a task.
public struct Receiver: Sendable {
  /// What it is.
  public let settings: ReceiverSettings
  private let templates: MessageTemplates
  private let links: FeedbackLinks?
  private let secret: @Sendable (String) -> String?
  private let print: @Sendable (String) throws -> Void

  /// A receiver.
  ///
  /// - Parameters:
  ///   - links: Makes the links by which people judge scores, nil for none.
  ///   - secret: The value of an environment variable.
  ///   - print: Where the console's messages go.
  public init(
    _ settings: ReceiverSettings, _ templates: MessageTemplates, links: FeedbackLinks? = nil,
    secret: @escaping @Sendable (String) -> String? = { ProcessInfo.processInfo.environment[$0] },
    print: @escaping @Sendable (String) throws -> Void = {
      try FileHandle.standardOutput.write(contentsOf: Data($0.utf8))
    }
  ) {
    self.settings = settings
    self.templates = templates
    self.links = links
    self.secret = secret
    self.print = print
  }

  /// Sends a message.
  ///
  /// - Parameter reference: What the receiver called the group's last message, for updates in place.
  /// - Returns: What the receiver calls this one, nil where it does not say.
  public func send(
    _ entry: OutboxEntry, reference: String?, at now: Timestamp
  ) throws(DeliveryFailure) -> String? {
    do throws(DeliveryFailure) {
      return try deliver(entry, reference: reference, at: now)
    } catch {
      // A receiver may echo what it was sent, and the failure is logged and kept.
      throw error.redacting(settings.transport.secretVariables.compactMap(secret).flatMap(Self.parts))
    }
  }

  /// A secret that is a URL may come back as its path alone.
  private static func parts(_ secret: String) -> [String] {
    guard let path = URLComponents(string: secret)?.path, path.count > 1, path != secret else { return [secret] }
    return [secret, path]
  }

  private func deliver(
    _ entry: OutboxEntry, reference: String?, at now: Timestamp
  ) throws(DeliveryFailure) -> String? {
    let message = entry.message
    let rendered = templates.render(message, links: links)
    switch settings.transport {
    case .console:
      let reader = message.recipient?.name ?? "channel"
      do {
        try print("--- \(message.receiver) → \(reader) · \(rendered.subject)\n\(rendered.text)\n")
      } catch {
        throw .transient("standard output can't be written: \(error.localizedDescription)")
      }
      return nil
    case .slackWebhook(let variable):
      let payload = SlackPayload(rendered, footer: footer(entry))
      _ = try post(try required(variable), [], try encode(payload))
      return nil
    case .slackBot(let token, let channel, let base):
      return try sendByBot(entry, rendered, try required(token), channel, base, reference)
    case .webhook(let url, let secretVariable):
      return try sendSigned(entry, rendered, url, secretVariable, at: now)
    case .email(let email): return try sendMail(entry, rendered, email, at: now)
    case .pagerDuty(let key, let url):
      return try sendToPagerDuty(message, rendered, try required(key), url)
    }
  }

  private func footer(_ entry: OutboxEntry) -> String {
    "DealPulse · \(entry.message.purpose.rawValue)\(entry.isPossibleRepeat ? " · possibly a repeat" : "")"
  }

  private func required(_ variable: String) throws(DeliveryFailure) -> String {
    guard let value = secret(variable), !value.isEmpty else {
      throw .permanent("the environment variable \(variable) is not set")
    }
    return value
  }

  private func encode(_ value: some Encodable) throws(DeliveryFailure) -> Data {
    do { return try JSONEncoder().encode(value) } catch { throw .permanent("the message can't be written: \(error)") }
  }

  private func post(_ url: String, _ headers: [(String, String)], _ body: Data) throws(DeliveryFailure) -> Data {
    try HTTPPost(
      url: url, headers: headers, body: body, allowsPrivateAddresses: settings.allowsPrivateAddresses,
      timeoutSeconds: settings.timeoutSeconds
    ).send()
  }

  private static let refusalsOfUpdates: Set = [
    "message_not_found", "cant_update_message", "edit_window_closed", "channel_not_found", "not_in_channel",
  ]

  private func sendByBot(
    _ entry: OutboxEntry, _ rendered: RenderedMessage, _ token: String, _ channel: String, _ base: String,
    _ reference: String?
  ) throws(DeliveryFailure) -> String? {
    var payload = SlackPayload(rendered, footer: footer(entry))
    // A reference is `channel timestamp`: resolutions rewrite the message they end.
    let parts = (reference ?? "").split(separator: " ").map(String.init)
    let updates = parts.count == 2 && entry.message.purpose == .resolved
    payload.channel = updates ? parts[0] : entry.message.recipient?.slackID ?? channel
    payload.ts = updates ? parts[1] : nil
    let answer = try post(
      "\(base)/\(updates ? "chat.update" : "chat.postMessage")", [("Authorization", "Bearer \(token)")],
      try encode(payload))
    struct Answer: Decodable {
      var ok: Bool
      var error: String?
      var channel: String?
      var ts: String?
    }
    guard let read = try? JSONDecoder().decode(Answer.self, from: answer) else {
      throw .uncertain("Slack's answer can't be read")
    }
    guard read.ok else {
      let error = read.error ?? "unknown"
      if error == "ratelimited" { throw .rateLimited(milliseconds: 30_000) }
      // The message is gone or too old to be rewritten: what is over is said in one of its own.
      if updates, Self.refusalsOfUpdates.contains(error) {
        return try sendByBot(entry, rendered, token, channel, base, nil)
      }
      // Slack: "it is possible some aspect of the operation succeeded".
      if ["internal_error", "fatal_error"].contains(error) { throw .uncertain("Slack says \(error)") }
      if ["service_unavailable", "request_timeout"].contains(error) {
        throw .transient("Slack says \(error)")
      }
      throw .permanent("Slack says \(error)")
    }
    guard let channel = read.channel, let time = read.ts else { return nil }
    return "\(channel) \(time)"
  }

  /// What recurs is a change event: PagerDuty shows it beside incidents and wakes nobody. An incident for it would have no
  /// end.
  private func sendToPagerDuty(
    _ message: OutgoingMessage, _ rendered: RenderedMessage, _ key: String, _ url: String
  ) throws(DeliveryFailure) -> String? {
    switch message.purpose {
    case .daily, .weekly, .monthly:
      let changes = url.replacing("/v2/enqueue", with: "/v2/change/enqueue")
      _ = try post(changes, [], try encode(PagerDutyChange(message, rendered, key: key)))
    default:
      _ = try post(url, [], try encode(PagerDutyEvent(message, rendered, key: key)))
    }
    return nil
  }

  private func sendSigned(
    _ entry: OutboxEntry, _ rendered: RenderedMessage, _ url: String, _ secretVariable: String?, at now: Timestamp
  ) throws(DeliveryFailure) -> String? {
    let body = try encode(WebhookBody(entry, rendered))
    let time = String(now.milliseconds / 1_000)
    var headers = [("Idempotency-Key", entry.message.id), ("X-DealPulse-Timestamp", time)]
    if let secretVariable {
      let key = SymmetricKey(data: Data(try required(secretVariable).utf8))
      let code = HMAC<SHA256>.authenticationCode(for: Data("\(time).".utf8) + body, using: key)
      let digits = code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
      headers.append(("X-DealPulse-Signature", "sha256=\(digits)"))
    }
    _ = try post(url, headers, body)
    return nil
  }

  private func sendMail(
    _ entry: OutboxEntry, _ rendered: RenderedMessage, _ email: ReceiverSettings.EmailSettings, at now: Timestamp
  ) throws(DeliveryFailure) -> String? {
    let to = MailMessage.address(entry.message.recipient?.email ?? email.to)
    let mail = MailMessage(
      from: email.from, to: to, id: entry.message.id,
      date: Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000), isPossibleRepeat: entry.isPossibleRepeat)
    let transfer = try CurlTransfer(timeoutSeconds: settings.timeoutSeconds)
    transfer.set(CURLOPT_URL, email.server)
    transfer.set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
    if !settings.allowsPrivateAddresses { transfer.refusePrivateAddresses() }
    transfer.set(CURLOPT_USE_SSL, Int(email.requiresTLS ? CURLUSESSL_ALL.rawValue : CURLUSESSL_TRY.rawValue))
    transfer.set(CURLOPT_MAIL_FROM, "<\(MailMessage.address(email.from))>")
    transfer.setRecipients([to])
    if let username = email.username {
      transfer.set(CURLOPT_USERNAME, username)
      if let variable = email.passwordVariable { transfer.set(CURLOPT_PASSWORD, try required(variable)) }
    }
    let status = try transfer.perform(body: mail.bytes(rendered), upload: true)
    let words = transfer.words(of: status)
    if (400..<500).contains(status) { throw .transient("the mail server answered \(words)") }
    guard status < 400 else { throw .permanent("the mail server answered \(words)") }
    return nil
  }
}
