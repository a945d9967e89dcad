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
    text = try Self.load("message.txt", DefaultTemplates.text, "TEXT", folder)
    slack = try Self.load("message.slack", DefaultTemplates.slack, "SLACK", folder)
    html = try Self.load("message.html", DefaultTemplates.html, "HTML", folder)
  }

  /// Writes a message.
  ///
  /// - Parameter links: Makes the links by which people judge scores, nil for none.
  public func render(_ message: OutgoingMessage, links: FeedbackLinks? = nil) -> RenderedMessage {
    let context = MessageContext.make(message, links)
    return RenderedMessage(
      subject: MessageContext.subject(message), text: text.render(context), slack: slack.render(context),
      html: html.render(context))
  }

  private static func load(
    _ name: String, _ standard: String, _ contentType: String, _ folder: String?
  ) throws(TemplateFault) -> MustacheTemplate {
    let path = folder.map { "\($0)/\(name).mustache" }
    let data = path.flatMap { FileManager.default.contents(atPath: $0) }
    let source = data.map { String(decoding: $0, as: UTF8.self) } ?? standard
    let place = data == nil ? name : path ?? name
    try checkNames(source, place)
    do {
      return try MustacheTemplate(string: "{{% CONTENT_TYPE:\(contentType)}}\(source)")
    } catch {
      throw TemplateFault(description: "\(place): is no Mustache template (\(error)): mend it")
    }
  }

  private static func checkNames(_ source: String, _ place: String) throws(TemplateFault) {
    for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      for part in line.components(separatedBy: "{{").dropFirst() {
        let tag = part.prefix { $0 != "}" }.trimmingCharacters(in: CharacterSet(charactersIn: "{&#^/ "))
        guard !tag.hasPrefix("!"), !tag.hasPrefix("%"), !MessageContext.names.contains(tag) else { continue }
        let names = MessageContext.names.sorted().joined(separator: ", ")
        throw TemplateFault(description: "\(place):\(index + 1): there is no \(tag): use one of \(names)")
      }
    }
  }
}

/// Slack's three characters (its documentation, "Formatting text for app surfaces"), and no formatting from data.
struct SlackMarkup: MustacheContentType {
  func escapeText(_ text: String) -> String { Self.escaped(text) }

  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}
