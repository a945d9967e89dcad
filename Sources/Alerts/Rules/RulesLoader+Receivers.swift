import Configuration
import Foundation

extension RulesLoader {
  private static let receiverNames = [
    "type", "url", "url_env", "token_env", "channel", "secret_env", "server", "from", "to", "username", "password_env",
    "require_tls", "key_env", "send_resolved", "concurrency", "allow_private_addresses", "timeout",
  ]

  mutating func readReceivers(_ node: ConfigurationNode?) -> [String: ReceiverSettings] {
    var found: [String: ReceiverSettings] = [:]
    for (name, receiver) in declarations(node, .receiver, "sales: {type: slack, url_env: SLACK_URL}") {
      let parts = members(receiver, Self.receiverNames)
      guard receiver.members != nil else { continue }
      let transport = readTransport(receiver, parts)
      // Without a transport its other faults are told all the same.
      var settings = ReceiverSettings(name: name, transport: transport ?? .console)
      settings.sendsResolved = value(parts["send_resolved"]) ?? true
      settings.concurrency = value(parts["concurrency"], in: 1...64) ?? 1
      let timeout = value(parts["timeout"], in: Milliseconds(1_000)...Milliseconds(120_000))
      settings.timeoutSeconds = timeout.map { Int($0.value / 1_000) } ?? 15
      settings.allowsPrivateAddresses = value(parts["allow_private_addresses"]) ?? false
      found[name] = settings
    }
    if node?.isNull ?? true || node?.members?.isEmpty == true {
      fault(
        node?.fault("are missing: declare one")
          ?? ConfigurationFault(source: file, key: "receivers", "are missing: declare one"))
    }
    return found
  }

  private mutating func readTransport(
    _ node: ConfigurationNode, _ parts: [String: ConfigurationNode]
  ) -> ReceiverSettings.Transport? {
    switch parts["type"]?.text {
    case "console": return .console
    case "slack":
      if parts["url_env"] != nil { return variable(parts["url_env"]).map { .slackWebhook(urlVariable: $0) } }
      guard parts["token_env"] != nil, let channel = parts["channel"]?.text, !channel.isEmpty else {
        fault(node.fault("needs url_env (an incoming webhook), or token_env and channel (a bot)"))
        return nil
      }
      let (token, url) = (variable(parts["token_env"]), httpURL(parts["url"], node, or: "https://slack.com/api"))
      guard let token, let url else { return nil }
      return .slackBot(tokenVariable: token, channel: channel, baseURL: url)
    case "webhook":
      let (secret, url) = (variable(parts["secret_env"]), httpURL(parts["url"], node))
      return url.map { .webhook(url: $0, secretVariable: secret) }
    case "pagerduty":
      guard parts["key_env"] != nil else {
        fault(node.fault("needs key_env: the environment variable with the routing key"))
        return nil
      }
      let (key, url) = (
        variable(parts["key_env"]), httpURL(parts["url"], node, or: "https://events.pagerduty.com/v2/enqueue")
      )
      guard let key, let url else { return nil }
      return .pagerDuty(keyVariable: key, url: url)
    case "email": return readEmail(node, parts)
    default:
      fault((parts["type"] ?? node).fault("type must be console, slack, webhook, email or pagerduty"))
      return nil
    }
  }

  /// The name of an environment variable. What stands there instead may be the secret itself: it is not repeated.
  mutating func variable(_ node: ConfigurationNode?) -> String? {
    guard let node else { return nil }
    guard let name = node.text, name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil else {
      fault(node.fault("is no name of an environment variable: write one such as SLACK_URL, and put the value there"))
      return nil
    }
    return name
  }

  /// A URL with a host, of http or https.
  mutating func httpURL(
    _ url: ConfigurationNode?, _ node: ConfigurationNode, or standard: String? = nil
  ) -> String? {
    if url == nil, let standard { return standard }
    guard let text = url?.text, Self.hasHost(text, ["https://", "http://"]) else {
      fault((url ?? node).fault("needs a url that begins with https:// or http:// and has a host"))
      return nil
    }
    return text
  }

  private static func hasHost(_ url: String, _ schemes: [String]) -> Bool {
    guard schemes.contains(where: url.hasPrefix), let host = URLComponents(string: url)?.host else { return false }
    return !host.isEmpty
  }

  /// A bare mail address: it goes to the mail server as it stands.
  mutating func address(_ node: ConfigurationNode?) -> String? {
    guard let node else { return nil }
    let text = node.text ?? ""
    let isPlain = text.unicodeScalars.allSatisfy {
      $0.value > 0x20 && $0.value != 0x7F && !"<>,;:\"\\()[]".unicodeScalars.contains($0)
    }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard isPlain, parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), text.utf8.count <= 254 else {
      fault(node.fault("is no mail address: write one, without a name, such as sales@example.com"))
      return nil
    }
    return text
  }

  private mutating func readEmail(
    _ node: ConfigurationNode, _ parts: [String: ConfigurationNode]
  ) -> ReceiverSettings.Transport? {
    guard let server = parts["server"], parts["from"] != nil, parts["to"] != nil else {
      fault(node.fault("needs server (smtp://host:587 or smtps://host:465), from and to"))
      return nil
    }
    let isServer = server.text.map { Self.hasHost($0, ["smtp://", "smtps://"]) } ?? false
    if !isServer { fault(server.fault("is no mail server: write smtp://host:587 or smtps://host:465")) }
    let (from, to, password) = (address(parts["from"]), address(parts["to"]), variable(parts["password_env"]))
    let requiresTLS: Bool? = value(parts["require_tls"])
    guard isServer, let url = server.text, let from, let to else { return nil }
    var email = ReceiverSettings.EmailSettings(server: url, from: from, to: to)
    email.username = parts["username"]?.text
    email.passwordVariable = password
    email.requiresTLS = requiresTLS ?? true
    return .email(email)
  }
}
