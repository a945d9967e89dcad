import Foundation

/// A message as the sink received it.
struct ReceivedMessage: Sendable {
  /// Which way it came.
  enum Way: String, Sendable { case slack, email, webhook }

  var way: Way
  /// The channel or address.
  var to: String
  var subject: String
  var text: String
  /// As a reader would see it: an HTML fragment for Slack, a page for email.
  var html: String
  var receivedAt = Date()

  /// A few lines for a terminal.
  var printed: String {
    let lines = text.split(separator: "\n").prefix(12).map { "  \($0)" }.joined(separator: "\n")
    return "\(way.rawValue) → \(to) · \(subject)\n\(lines)\n"
  }
}
