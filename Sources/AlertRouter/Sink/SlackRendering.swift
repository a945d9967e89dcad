import Foundation

/// Shows a Slack payload as Slack would: Block Kit's header, section and context blocks, and mrkdwn in them.
struct SlackRendering {
  private struct Payload: Decodable {
    struct Text: Decodable { var text: String }
    struct Block: Decodable {
      var type: String
      var text: Text?
      var elements: [Text]?
    }
    var channel: String?
    var text: String
    var blocks: [Block]
  }

  /// The message of a request's body, nil where it is no Slack payload.
  static func message(_ body: Data, channel: String) -> ReceivedMessage? {
    guard let payload = try? JSONDecoder().decode(Payload.self, from: body) else { return nil }
    let blocks = payload.blocks.map(html).joined()
    let sections = payload.blocks.filter { $0.type == "section" }.compactMap { $0.text?.text }
    return ReceivedMessage(
      way: .slack, to: payload.channel ?? channel, subject: plain(payload.text),
      text: plain(sections.joined(separator: "\n")), html: blocks)
  }

  private static func html(_ block: Payload.Block) -> String {
    switch block.type {
    case "header": "<div class=\"header\">\(escaped(block.text?.text ?? ""))</div>"
    case "section": "<div class=\"section\">\(markup(block.text?.text ?? ""))</div>"
    case "context":
      "<div class=\"context\">\((block.elements ?? []).map { markup($0.text) }.joined(separator: " "))</div>"
    default: ""
    }
  }

  /// mrkdwn as HTML. The text's own `&`, `<` and `>` are escaped in it already; what stands in `<…>` is a link.
  static func markup(_ text: String) -> String {
    var html = ""
    var rest = Substring(text)
    while let open = rest.firstIndex(of: "<"), let close = rest[open...].firstIndex(of: ">") {
      html += styled(String(rest[..<open]))
      let inside = rest[rest.index(after: open)..<close].split(separator: "|", maxSplits: 1).map(String.init)
      let isLink = inside.first?.hasPrefix("http") == true
      let label = styled(inside.last ?? "")
      html += isLink ? "<a href=\"\(quoted(inside.first ?? ""))\">\(label)</a>" : "<b>\(label)</b>"
      rest = rest[rest.index(after: close)...]
    }
    return (html + styled(String(rest))).replacing("\n", with: "<br>")
  }

  /// `*bold*` and `_italic_` around whole lines or words.
  private static func styled(_ text: String) -> String {
    var styled = quoted(text)
    for (mark, tag) in [("\\*", "b"), ("_", "i")] {
      guard let pattern = try? Regex("(^|[\\s(])\(mark)([^\(mark)\\n]+)\(mark)(?=$|[\\s.,)])").anchorsMatchLineEndings()
      else { continue }
      styled = styled.replacing(pattern) { match in
        "\(match.output[1].substring ?? "")<\(tag)>\(match.output[2].substring ?? "")</\(tag)>"
      }
    }
    return styled
  }

  private static func plain(_ text: String) -> String {
    text.replacing(/<[^|>]*\|([^>]*)>/) { "\($0.output.1)" }.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&amp;", with: "&")
  }

  private static func quoted(_ text: String) -> String { text.replacing("\"", with: "&quot;") }

  static func escaped(_ text: String) -> String { RouterAPI.escaped(text) }
}
