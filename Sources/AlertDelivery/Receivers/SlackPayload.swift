import Alerts
import Foundation

extension RenderedMessage {
  /// The message as Slack is sent it: Block Kit, within Slack's limits.
  public func slackPayload(footer: String) throws -> Data {
    try JSONEncoder().encode(SlackPayload(self, footer: footer))
  }
}

/// A Slack message within Slack's limits: 50 blocks, 150 characters in a header, 3,000 in a section, and no more than
/// 10,000 in all (beyond about 13,000 Slack answers `msg_blocks_too_long`). Characters are counted as UTF-16 units, of which
/// a text has the most.
struct SlackPayload: Encodable {
  struct Text: Encodable {
    var type: String
    var text: String
    /// Of mrkdwn: nothing but `<…>` is made a link or a mention.
    var verbatim: Bool?
    /// Of plain text: `:name:` stays what it is.
    var emoji: Bool?

    static func mrkdwn(_ text: String) -> Text { Text(type: "mrkdwn", text: text, verbatim: true) }
    static func plain(_ text: String) -> Text { Text(type: "plain_text", text: text, emoji: false) }
  }
  struct Block: Encodable {
    var type: String
    var text: Text?
    var elements: [Text]?
  }
  var channel: String?
  var ts: String?
  var text: String
  var blocks: [Block]
  var unfurl_links = false
  var unfurl_media = false

  static let maximumCharacters = 10_000
  static let maximumSection = 2_900

  init(_ rendered: RenderedMessage, footer: String) {
    let subject = PlainLine.of(rendered.subject)
    text = Self.cut(SlackMarkup.escaped(SlackMarkup.literal(subject)), to: Self.maximumSection)
    blocks = [Block(type: "header", text: .plain(Self.cut(subject, to: 150)))]
    for section in Self.sections(rendered.slack) {
      blocks.append(Block(type: "section", text: .mrkdwn(section)))
    }
    blocks.append(Block(type: "context", elements: [.mrkdwn(Self.cut(SlackMarkup.escaped(footer), to: 300))]))
  }

  /// Whole lines, as many as fit; what does not is counted. None is empty: Slack refuses a message with such a section.
  static func sections(_ text: String) -> [String] {
    var sections: [String] = []
    var section = ""
    var total = 0
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.allSatisfy(\.isWhitespace) }
    for (index, line) in lines.enumerated() {
      var line = cut(String(line), to: maximumSection)
      let isLast = total + line.utf16.count >= maximumCharacters
      if isLast { line = "_and \(Wording.count(lines.count - index, "more line"))_" }
      if !section.isEmpty, section.utf16.count + line.utf16.count + 1 > maximumSection {
        sections.append(section)
        section = ""
      }
      section += line + "\n"
      total += line.utf16.count + 1
      if isLast { break }
    }
    if !section.isEmpty { sections.append(section) }
    return Array(sections.prefix(48))
  }

  /// The beginning of a text, with an ellipsis where something is left out. An entity such as `&amp;` and a link are kept whole
  /// or left out.
  static func cut(_ text: String, to limit: Int) -> String {
    guard text.utf16.count > limit else { return text }
    var (kept, size, rest) = ("", 0, Substring(text))
    while let first = rest.first {
      let end: Substring.Index? =
        switch first {
        case "&": rest.prefix(6).firstIndex(of: ";")
        case "<": rest.firstIndex(of: ">")
        default: nil
        }
      let token = end.map { rest[...$0] } ?? rest.prefix(1)
      guard size + token.utf16.count < limit else { break }
      kept += token
      size += token.utf16.count
      rest = rest[token.endIndex...]
    }
    return kept + "…"
  }
}
