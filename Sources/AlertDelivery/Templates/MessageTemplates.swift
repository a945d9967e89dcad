import Alerts
import Foundation
import Mustache

/// A template that can't be used, and where.
public struct TemplateFault: Error, Hashable, Sendable, CustomStringConvertible {
  /// The words.
  public var description: String
}

/// A message in all the forms that receivers need.
public struct RenderedMessage: Hashable, Sendable {
  /// One line without markup.
  public var subject: String
  /// Plain text.
  public var text: String
  /// Slack's mrkdwn.
  public var slack: String
  /// An HTML page.
  public var html: String
}

/// The templates of all messages. A folder may override any of `message.txt`, `message.slack` and `message.html`.
public struct MessageTemplates: Sendable {
  private let text: MustacheTemplate
  private let slack: MustacheTemplate
  private let html: MustacheTemplate

  /// Reads and checks the templates.
  ///
  /// - Parameter folder: Where overriding files `NAME.mustache` lie, nil for none.
  /// - Throws: `TemplateFault` for text that is no template, or a name that there is not.
  public init(folder: String? = nil) throws(TemplateFault) {
    MustacheContentTypes.register(SlackMarkup(), named: "SLACK")
    if let folder { try Self.checkFiles(folder) }
    text = try Self.load("message.txt", DefaultTemplates.text, "TEXT", folder)
    slack = try Self.load("message.slack", DefaultTemplates.slack, "SLACK", folder)
    html = try Self.load("message.html", DefaultTemplates.html, "HTML", folder)
  }

  /// Writes a message.
  ///
  /// - Parameter links: Makes the links by which people judge scores, nil for none.
  public func render(_ message: OutgoingMessage, links: FeedbackLinks? = nil) -> RenderedMessage {
    let context = PlainLine.map(MessageContext.make(message, links), PlainLine.of)
    return RenderedMessage(
      subject: PlainLine.of(MessageContext.subject(message)), text: text.render(context),
      slack: renderSlack(message, links), html: html.render(context))
  }

  /// As many deals as Slack takes, and the count of the others, rather than a text that ends somewhere.
  private func renderSlack(_ message: OutgoingMessage, _ links: FeedbackLinks?) -> String {
    var shown = MessageContext.shownAlerts
    while true {
      let context = MessageContext.make(message, links, showing: shown)
      let text = slack.render(PlainLine.map(context) { SlackMarkup.literal(PlainLine.of($0)) })
      let size = text.utf16.count
      guard size > SlackPayload.maximumCharacters, shown > 1 else { return text }
      shown = max(1, min(shown - 1, shown * SlackPayload.maximumCharacters / size))
    }
  }

  private static let names = ["message.txt", "message.slack", "message.html"]

  /// A folder that is not there, or a file that is misspelt, would be passed over without a word.
  private static func checkFiles(_ folder: String) throws(TemplateFault) {
    let files = names.map { "\($0).mustache" }
    guard let found = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw TemplateFault(description: "\(folder): this folder can't be read: check --templates")
    }
    for name in found.sorted() where name.hasSuffix(".mustache") || name.hasPrefix("message") {
      guard !files.contains(name) else { continue }
      throw TemplateFault(
        description:
          "\(folder)/\(name): no message is made from this: name it \(files.joined(separator: ", ")) or remove it")
    }
    guard found.contains(where: files.contains) else {
      throw TemplateFault(
        description:
          "\(folder): holds no template: put \(files.joined(separator: " or ")) there, or leave out --templates")
    }
  }

  private static func load(
    _ name: String, _ standard: String, _ contentType: String, _ folder: String?
  ) throws(TemplateFault) -> MustacheTemplate {
    let path = folder.map { "\($0)/\(name).mustache" }
    var source = standard
    var place = name
    if let path, FileManager.default.fileExists(atPath: path) {
      guard let data = FileManager.default.contents(atPath: path) else {
        throw TemplateFault(description: "\(path): can't be read: check its permissions")
      }
      (source, place) = (String(decoding: data, as: UTF8.self), path)
    }
    try checkTags(source, place)
    do {
      return try MustacheTemplate(string: "{{% CONTENT_TYPE:\(contentType)}}\(source)")
    } catch let error as MustacheTemplate.ParserError {
      throw TemplateFault(
        description: "\(place):\(error.context.lineNumber): is no Mustache template (\(error.error)): mend this line")
    } catch {
      throw TemplateFault(description: "\(place): is no Mustache template (\(error)): mend it")
    }
  }

  /// Each name is one that there is, and each section is closed.
  private static func checkTags(_ source: String, _ place: String) throws(TemplateFault) {
    var open: [(name: String, line: Int)] = []
    for (index, text) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      let line = index + 1
      func fault(_ words: String) -> TemplateFault { TemplateFault(description: "\(place):\(line): \(words)") }
      for part in text.components(separatedBy: "{{").dropFirst() {
        guard part.contains("}}") else { throw fault("a tag is not closed: write }} behind it, on the same line") }
        let tag = part.prefix { $0 != "}" }.trimmingCharacters(in: .whitespaces)
        let name = tag.trimmingCharacters(in: CharacterSet(charactersIn: "{&#^/ "))
        if tag.hasPrefix("!") || tag.hasPrefix("%") { continue }
        guard MessageContext.names.contains(name) else {
          throw fault("there is no \(name): use one of \(MessageContext.names.sorted().joined(separator: ", "))")
        }
        if tag.hasPrefix("#") || tag.hasPrefix("^") { open.append((name, line)) }
        guard tag.hasPrefix("/") else { continue }
        guard let last = open.popLast() else { throw fault("\(tag) closes what was not opened: remove it") }
        guard last.name == name else {
          throw fault("\(tag) stands where \(last.name) of line \(last.line) is open: write {{/\(last.name)}} first")
        }
      }
    }
    if let last = open.last {
      throw TemplateFault(
        description: "\(place):\(last.line): the section \(last.name) is not closed: write {{/\(last.name)}} behind it")
    }
  }
}

/// Slack's three characters (its documentation, "Formatting text for app surfaces").
struct SlackMarkup: MustacheContentType {
  func escapeText(_ text: String) -> String { Self.escaped(text) }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  /// The text of a record in which Slack finds nothing to format: it has no escape for `*`, `_`, `~`, backticks, `:emoji:`,
  /// quotes and bare links, so a zero-width space parts them from what would make them markup. An underscore within a word,
  /// as in rep_22, is none.
  static func literal(_ text: String) -> String {
    guard text.contains(/[*_~`:>]|www\./) else { return text }
    let gap = "\u{200B}"
    var literal = text.replacing(/[*~`]/) { "\(gap)\($0.output)\(gap)" }
    literal = literal.replacing(/(^|[^\p{L}\p{N}_])(_+)/) { "\($0.output.1)\(gap)\($0.output.2)\(gap)" }
    literal = literal.replacing(/(_+)($|[^\p{L}\p{N}_])/) { "\(gap)\($0.output.1)\(gap)\($0.output.2)" }
    literal = literal.replacing("://", with: ":\(gap)//").replacing("www.", with: "www\(gap).")
    literal = literal.replacing(/:(?=[\p{L}\p{N}_+'-]+:)/) { "\($0.output)\(gap)" }
    return literal.hasPrefix(">") ? gap + literal : literal
  }
}
