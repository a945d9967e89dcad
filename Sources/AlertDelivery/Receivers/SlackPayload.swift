import Alerts
import Foundation

extension RenderedMessage {
  /// The message as Slack is sent it: Block Kit, within Slack's limits.
  public func slackPayload(footer: String) throws -> Data {
    try JSONEncoder().encode(SlackPayload(self, footer: footer))
  }
}

/// A Slack message within Slack's limits: 50 blocks, 150 characters in a header, 3,000 in a section, and no more than
/// 10,000 in all (beyond about 13,000 Slack answers `msg_blocks_too_long`).
struct SlackPayload: Encodable {
  struct Text: Encodable {
    var type: String
    var text: String
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

  static let maximumCharacters = 10_000
  static let maximumSection = 2_900

  init(_ rendered: RenderedMessage, footer: String) {
    text = String(SlackMarkup.escaped(rendered.subject).prefix(3_000))
    blocks = [Block(type: "header", text: Text(type: "plain_text", text: String(rendered.subject.prefix(150))))]
    for section in Self.sections(rendered.slack) {
      blocks.append(Block(type: "section", text: Text(type: "mrkdwn", text: section)))
    }
    let note = Text(type: "mrkdwn", text: SlackMarkup.escaped(String(footer.prefix(300))))
    blocks.append(Block(type: "context", elements: [note]))
  }

  /// Whole lines, as many as fit; what does not is counted.
  static func sections(_ text: String) -> [String] {
    var sections: [String] = []
    var section = ""
    var total = 0
    let lines = text.split(separator: "\n").map { $0.prefix(maximumSection) }
    for (index, line) in lines.enumerated() {
      total += line.count + 1
      if total > maximumCharacters {
        let note = "_and \(lines.count - index) more lines_"
        if section.count + note.count < maximumSection { section += note } else { sections.append(note) }
        break
      }
      if section.count + line.count + 1 > maximumSection {
        sections.append(section)
        section = ""
      }
      section += line + "\n"
    }
    if !section.isEmpty { sections.append(section) }
    return Array(sections.prefix(48))
  }
}
