import Configuration

extension RulesLoader {
  private static let receiverNames = [
    "type", "url", "url_env", "token_env", "channel", "secret_env", "server", "from", "to", "username", "password_env",
    "require_tls", "key_env", "send_resolved", "concurrency", "allow_private_addresses", "timeout",
  ]

  mutating func readReceivers(_ node: ConfigurationNode?) -> [String: ReceiverSettings] {
    var found: [String: ReceiverSettings] = [:]
    for (name, receiver) in node?.members ?? [] {
      let parts = members(receiver, Self.receiverNames)
      guard let transport = readTransport(receiver, parts) else { continue }
      var settings = ReceiverSettings(name: name, transport: transport)
      settings.sendsResolved = value(parts["send_resolved"]) ?? true
      settings.concurrency = value(parts["concurrency"]) ?? 1
      if !(1...64).contains(settings.concurrency) { fault(receiver.fault("concurrency must be 1 to 64")) }
      if let timeout: Milliseconds = value(parts["timeout"]) { settings.timeoutSeconds = Int(timeout.value / 1_000) }
      if !(1...120).contains(settings.timeoutSeconds) { fault(receiver.fault("timeout must be 1s to 120s")) }
      settings.allowsPrivateAddresses = value(parts["allow_private_addresses"]) ?? false
      found[name] = settings
    }
    if found.isEmpty {
      fault(ConfigurationFault(source: node?.file ?? "router.yaml", key: "receivers", "are missing: declare one"))
    }
    return found
  }

  private mutating func readTransport(
    _ node: ConfigurationNode, _ parts: [String: ConfigurationNode]
  ) -> ReceiverSettings.Transport? {
    switch parts["type"]?.text {
    case "console": return .console
    case "slack":
      if let variable = parts["url_env"]?.text { return .slackWebhook(urlVariable: variable) }
      guard let token = parts["token_env"]?.text, let channel = parts["channel"]?.text else {
        fault(node.fault("needs url_env (an incoming webhook), or token_env and channel (a bot)"))
        return nil
      }
      return .slackBot(tokenVariable: token, channel: channel, baseURL: parts["url"]?.text ?? "https://slack.com/api")
    case "webhook":
      guard let url = httpURL(parts["url"], node) else { return nil }
      return .webhook(url: url, secretVariable: parts["secret_env"]?.text)
    case "pagerduty":
      guard let key = parts["key_env"]?.text else {
        fault(node.fault("needs key_env: the environment variable with the routing key"))
        return nil
      }
      return .pagerDuty(
        keyVariable: key, url: parts["url"]?.text ?? "https://events.pagerduty.com/v2/enqueue")
    case "email": return readEmail(node, parts)
    default:
      fault((parts["type"] ?? node).fault("type must be console, slack, webhook, email or pagerduty"))
      return nil
    }
  }

  private mutating func httpURL(_ url: ConfigurationNode?, _ node: ConfigurationNode) -> String? {
    guard let text = url?.text, text.hasPrefix("https://") || text.hasPrefix("http://") else {
      fault((url ?? node).fault("needs a url that begins with https:// or http://"))
      return nil
    }
    return text
  }

  private mutating func readEmail(
    _ node: ConfigurationNode, _ parts: [String: ConfigurationNode]
  ) -> ReceiverSettings.Transport? {
    guard let server = parts["server"]?.text, server.hasPrefix("smtp://") || server.hasPrefix("smtps://"),
      let from = parts["from"]?.text, let to = parts["to"]?.text
    else {
      fault(node.fault("needs server (smtp://host:587 or smtps://host:465), from and to"))
      return nil
    }
    var email = ReceiverSettings.EmailSettings(server: server, from: from, to: to)
    email.username = parts["username"]?.text
    email.passwordVariable = parts["password_env"]?.text
    email.requiresTLS = value(parts["require_tls"]) ?? true
    return .email(email)
  }
}
