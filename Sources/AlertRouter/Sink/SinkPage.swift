import Foundation

/// The page that lists what the sink received.
enum SinkPage {
  static let style = """
    body{font-family:Helvetica,Arial,sans-serif;background:#f4f5f7;color:#1d2433;max-width:760px;margin:2em auto;padding:0 1em}
    h1{font-size:1.3em}.card{background:#fff;border:1px solid #e1e4ea;border-radius:6px;margin:0 0 1em;padding:1em}
    .meta{color:#7a8599;font-size:.85em;margin:0 0 .6em}iframe{border:0;width:100%;height:640px}
    .slack{display:flex;gap:12px;font-size:15px;line-height:22px}.slack .icon{width:36px;height:36px;border-radius:6px;
    background:#2b4c7e;color:#fff;display:flex;align-items:center;justify-content:center;font-weight:bold;flex:none}
    .slack .name{font-weight:bold}.slack .app{background:#e8e8e8;color:#616061;font-size:10px;padding:1px 4px;
    border-radius:3px;vertical-align:2px;margin:0 4px}.slack .time{color:#616061;font-size:12px}
    .header{font-weight:bold;font-size:18px;margin:4px 0 6px}.section{margin:4px 0}.context{color:#616061;font-size:12px;
    margin-top:6px}.slack a{color:#1264a3;text-decoration:none}
    """

  static func html(_ messages: [ReceivedMessage]) -> String {
    let cards = messages.map(card).joined()
    return page(
      "Messages", "<h1>What the router sent</h1>\(messages.isEmpty ? "<p>Nothing yet.</p>" : cards)", refreshes: true)
  }

  /// One Slack message as a page of its own.
  static func slack(_ message: ReceivedMessage) -> String {
    page(message.subject, "<div class=\"card\">\(slackBody(message))</div>", refreshes: false)
  }

  private static func card(_ message: ReceivedMessage) -> String {
    let meta =
      "<p class=\"meta\">\(message.way.rawValue) → \(SlackRendering.escaped(message.to)) · \(time(message))"
      + (message.way == .email ? " · \(SlackRendering.escaped(message.subject))" : "") + "</p>"
    let body =
      switch message.way {
      case .slack: slackBody(message)
      // A page in a frame without scripts: what a mail holds can't reach this page.
      case .email: "<iframe sandbox srcdoc=\"\(SlackRendering.escaped(message.html))\"></iframe>"
      case .webhook: message.html
      }
    return "<div class=\"card\">\(meta)\(body)</div>"
  }

  private static func slackBody(_ message: ReceivedMessage) -> String {
    """
    <div class="slack"><div class="icon">D</div><div><span class="name">DealPulse</span><span class="app">APP</span> \
    <span class="time">\(time(message))</span>\(message.html)</div></div>
    """
  }

  private static func time(_ message: ReceivedMessage) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.dateFormat = "HH:mm"
    return formatter.string(from: message.receivedAt)
  }

  private static func page(_ title: String, _ body: String, refreshes: Bool) -> String {
    """
    <!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>\(SlackRendering.escaped(title))</title>
    \(refreshes ? "<meta http-equiv=\"refresh\" content=\"5\">" : "")<style>\(style)</style></head><body>\(body)</body></html>
    """
  }
}
