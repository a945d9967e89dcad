import Alerts
import Deals
import Foundation
import Testing

@testable import AlertDelivery

@Suite struct RenderingTests {
  private func message(_ sources: [AlertSource]) throws -> OutgoingMessage {
    var pipeline = AlertPipeline(try Messages.rules())
    for source in sources { _ = pipeline.take(source, at: Messages.noon) }
    var message = OutgoingMessage(
      id: "m1", purpose: .alert, receiver: "out", recipient: nil, madeAt: Messages.noon)
    message.alerts = pipeline.openAlerts.filter { $0.source.kind == .dealRisk }
    return message
  }

  @Test("a deal reads as a person would write it")
  func sentence() {
    #expect(
      MessageContext.sentence(Messages.deal("D04521"))
        == "D04521 ($75K, EdTech) has stood in Proposal for 82 days with rep_22. rep_22 wins 40% (team 45%). Risk 57. "
        + "Reassign to rep_21 or bring in the VP.")
  }

  @Test("hostile text can't become markup in Slack or HTML, nor a header in mail")
  func injection() throws {
    let evil = "<!channel> <script>alert(1)</script> & *x*"
    let rendered = try MessageTemplates().render(try message([Messages.deal("D1", industry: evil)]))
    #expect(!rendered.slack.contains("<!channel>"))
    #expect(rendered.slack.contains("&lt;!channel&gt;"))
    #expect(!rendered.html.contains("<script>"))
    let mail = MailMessage(
      from: "a@b.c\r\nBcc: x@y.z", to: "t@u.v>\r\nDATA", id: "m1", date: Date(timeIntervalSince1970: 0),
      isPossibleRepeat: false)
    var hostile = rendered
    hostile.subject = "Hi\r\nBcc: x@y.z"
    let text = String(decoding: mail.bytes(hostile), as: UTF8.self)
    let head = text.components(separatedBy: "\r\n\r\n")[0]
    #expect(!head.contains("\r\nBcc"))
    #expect(!head.contains("\r\nDATA"))
  }

  @Test("a message of a thousand alerts stays within Slack's limits, and says how many there are")
  func slackLimits() throws {
    let rendered = try MessageTemplates().render(try message((0..<1_000).map { Messages.deal("D\($0)") }))
    let payload = SlackPayload(rendered, footer: "f")
    #expect(payload.blocks.count <= 50)
    #expect(payload.blocks.allSatisfy { ($0.text?.text.count ?? 0) <= 3_000 })
    #expect(payload.blocks.reduce(0) { $0 + ($1.text?.text.count ?? 0) } < 12_000)
    #expect(rendered.slack.contains("and 980 more"))
  }

  @Test("a message says the news of each line in every form, counts the open in its subject, and what stands once")
  func news() throws {
    var message = try message([Messages.deal("D1"), Messages.deal("D2")])
    message.alerts[0].news = "worse: 41 → 64"
    message.resolved = try self.message([Messages.deal("D3")]).alerts
    message.resolved[0].news = "won"
    (message.standing, message.standingDollars) = (3, Money(units: 225_000))
    let rendered = try MessageTemplates().render(message)
    #expect(rendered.subject.hasSuffix("and 1 other"))
    for form in [rendered.text, rendered.slack, rendered.html] {
      #expect(form.contains("worse: 41 → 64"))
      #expect(form.contains("3 others of this group stay open ($225K)"))
      #expect(form.contains("D3 ($75K, EdTech): won."))
    }
  }

  @Test("a digest names what turned critical within its own time")
  func turnedCritical() throws {
    var deal = Messages.deal("D1")
    deal.tier = .critical
    var message = try message([deal])
    message.period = "2026-03-09"
    func text(_ purpose: MessagePurpose, days: Int) throws -> String {
      message.purpose = purpose
      message.madeAt = Messages.noon.adding(days: days)
      return try MessageTemplates().render(message).text
    }
    #expect(try text(.daily, days: 0).contains("Turned critical since yesterday: D1 ($75K, EdTech)."))
    #expect(try !text(.daily, days: 1).contains("Turned critical"))
    #expect(try text(.weekly, days: 6).contains("Turned critical this week: D1 ($75K, EdTech)."))
    #expect(try !text(.weekly, days: 7).contains("Turned critical"))
    #expect(try !text(.monthly, days: 0).contains("Turned critical"))
    message.alerts[0].criticalSince = nil
    #expect(try !text(.weekly, days: 0).contains("Turned critical"))
  }

  @Test("what is not news any more says how long it has been open")
  func openFor() throws {
    var message = try message([Messages.deal("D1")])
    func news() throws -> String { try MessageTemplates().render(message).text }
    message.purpose = .weekly
    message.period = "2026-03-09"
    message.madeAt = Messages.noon.adding(days: 3)
    #expect(try news().contains("(new)"))
    message.madeAt = Messages.noon.adding(days: 12)
    #expect(try news().contains("(open for 12 days)"))
    message.purpose = .escalation
    message.madeAt = Messages.noon.adding(milliseconds: 8 * 3_600_000)
    #expect(try news().contains("(open for 8 hours)"))
  }

  @Test("text of a record formats nothing in Slack, makes no link and no emoji, and mentions nobody")
  func literalInSlack() throws {
    let evil =
      "*b* _i_ ~s~ `c` :fire: https://evil.test www.evil.test <@U1> <https://evil.test|x> &lt;!here&gt; rep_22_b"
    let payload = SlackPayload(
      try MessageTemplates().render(try message([Messages.deal("D1", industry: evil)])), footer: "f")
    let texts = payload.blocks.compactMap { $0.text?.text }.dropFirst() + [payload.text]
    for text in texts {
      for mark in ["*b*", " _i_", "~s~", "`c`", ":fire:", "https://", "www.evil", "<@", "<https", " &lt;!here&gt;"] {
        #expect(!text.contains(mark), "\(mark) in \(text)")
      }
      // What a person reads is the same, and an underscore within a name is left alone.
      let read = text.replacing("\u{200B}", with: "")
      #expect(read.contains("*b* _i_ ~s~ `c` :fire: https://evil.test www.evil.test &lt;@U1&gt;"))
      #expect(text.contains("rep_22_b"))
    }
    #expect(payload.blocks[1].text?.verbatim == true)
    #expect(payload.blocks[0].text?.emoji == false)
  }

  @Test("what turns the direction of text or ends a line is in no receiver's text")
  func direction() throws {
    let evil = "Ed\u{202E}hceT\u{2066}\u{200F}\nBcc: x\u{7}\u{2028}"
    let rendered = try MessageTemplates().render(try message([Messages.deal("D1", industry: evil)]))
    for text in [rendered.subject, rendered.text, rendered.slack, rendered.html] {
      #expect(text.contains("EdhceT Bcc: x"))
      #expect(!text.unicodeScalars.contains { [0x202E, 0x2066, 0x200F, 0x7, 0x2028].contains($0.value) })
    }
    #expect(MailMessage.encodedWord("a\u{202E}b") == "ab")
  }

  @Test("a line that is too long leaves no empty section, and no entity or link is cut")
  func longLines() throws {
    for filler in ["&amp;", "<https://example.com/a|accurate>", "x", "é\u{301}", "👨‍👩‍👧"] {
      for shift in 0..<6 {
        let line = String(repeating: "y", count: shift) + String(repeating: filler, count: 3_000)
        let sections = SlackPayload.sections("\n \n\(line)\nafter")
        #expect(sections.allSatisfy { !$0.isEmpty && $0.utf16.count <= 3_000 })
        let whole = sections.joined().replacing(filler, with: "").trimmingCharacters(in: .whitespacesAndNewlines)
        #expect(whole == String(repeating: "y", count: shift) + "…\nafter")
        let rendered = RenderedMessage(subject: line, text: "", slack: "", html: "")
        #expect((SlackPayload(rendered, footer: line).blocks.first?.text?.text.utf16.count ?? 0) <= 150)
      }
    }
  }

  @Test("with feedback links fewer deals fit into Slack, and the others are counted as deals")
  func countsDeals() throws {
    let links = FeedbackLinks(
      base: "https://dealpulse.example.com/a/rather/long/path", secret: "0123456789abcdef", validMilliseconds: 60_000)
    let message = try message((0..<700).map { Messages.deal("D\($0)", industry: "A & B") })
    let rendered = try MessageTemplates().render(message, links: links)
    let shown = rendered.slack.split(separator: "\n").count { $0.hasPrefix("•") }
    #expect(shown > 5 && shown < 20)
    #expect(rendered.slack.contains("_and \(message.alertCount - shown) more_"))
    #expect(!SlackPayload.sections(rendered.slack).joined().contains("more line"))
  }

  @Test("a subject in any script becomes encoded words that no line is too long for")
  func encodedWords() {
    let word = MailMessage.encodedWord("Überfällig: 日本語の取引 — $75K" + String(repeating: "é", count: 60))
    #expect(word.split(separator: "\r\n").allSatisfy { $0.count <= 76 })
    #expect(word.hasPrefix("=?utf-8?B?"))
  }

  @Test("a template with a name that there is not is refused with its file and line")
  func unknownName() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let file = folder.appendingPathComponent("message.txt.mustache")
    try "hello\n{{colour}}\n".write(to: file, atomically: true, encoding: .utf8)
    #expect {
      try MessageTemplates(folder: folder.path)
    } throws: {
      "\($0)".contains("message.txt.mustache:2: there is no colour")
    }
    for (template, words) in [
      ("a\n{{#alerts}}\n{{line}}\n", "txt.mustache:2: the section alerts is not closed: write {{/alerts}}"),
      ("{{#alerts}}{{line}}\n{{/trends}}", "txt.mustache:2: /trends stands where alerts of line 1 is open"),
      ("x\n\n{{/alerts}}", "txt.mustache:3: /alerts closes what was not opened"),
      ("{{heading", "txt.mustache:1: a tag is not closed"),
    ] {
      try template.write(to: file, atomically: true, encoding: .utf8)
      #expect {
        try MessageTemplates(folder: folder.path)
      } throws: {
        "\($0)".contains(words) && !"\($0)".contains("ParserError")
      }
    }
    try "{{heading}}!".write(to: file, atomically: true, encoding: .utf8)
    let rendered = try MessageTemplates(folder: folder.path).render(try message([Messages.deal("D1")]))
    #expect(rendered.text == "At risk!")
  }

  @Test("a folder of templates that is not there, is empty or holds a misspelt name is refused")
  func folders() throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    func refusal() -> String {
      do {
        _ = try MessageTemplates(folder: folder.path)
        return ""
      } catch {
        return error.description
      }
    }
    #expect(refusal().contains("this folder can't be read: check --templates"))
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    #expect(refusal().contains("holds no template: put message.txt.mustache"))
    func write(_ name: String) throws {
      try "{{heading}}".write(to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }
    try write("message.txt.mustache")
    try write("README.md")
    #expect(refusal() == "")
    try write("messages.txt.mustache")
    #expect(refusal().contains("messages.txt.mustache: no message is made from this: name it message.txt.mustache"))
  }
}
