import Alerts
import Foundation

/// A mail with a text and an HTML part (RFC 5322, 2045, 2047).
struct MailMessage {
  var from: String
  var to: String
  var id: String
  var date: Date
  var isPossibleRepeat: Bool

  func bytes(_ rendered: RenderedMessage) -> [UInt8] {
    let boundary = "part-\(id)"
    let domain = from.split(separator: "@").last.map(String.init) ?? "dealpulse.invalid"
    var lines = [
      "From: DealPulse <\(Self.address(from))>", "To: <\(Self.address(to))>",
      "Subject: \(Self.encodedWord(rendered.subject))", "Date: \(Self.format(date))",
      // The id is the idempotency key: a mail server or client that has seen it may drop the second.
      "Message-ID: <\(id)@\(CurlTransfer.oneLine(domain))>", "Auto-Submitted: auto-generated",
      "List-Unsubscribe: <mailto:\(Self.address(from))?subject=unsubscribe>", "MIME-Version: 1.0",
      "Content-Type: multipart/alternative; boundary=\"\(boundary)\"",
    ]
    if isPossibleRepeat { lines.append("X-DealPulse-Possible-Repeat: true") }
    lines.append("")
    for (type, body) in [("plain", rendered.text), ("html", rendered.html)] {
      lines += ["--\(boundary)", "Content-Type: text/\(type); charset=utf-8", "Content-Transfer-Encoding: base64", ""]
      lines += Self.base64Lines(body)
    }
    lines += ["--\(boundary)--", ""]
    return Array(lines.joined(separator: "\r\n").utf8)
  }

  /// A header's text as encoded words of at most 75 characters, so that nothing in it can end the line.
  static func encodedWord(_ text: String) -> String {
    let clean = CurlTransfer.oneLine(PlainLine.of(text))
    if clean.count <= 200, clean.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), !clean.contains("=?") { return clean }
    var words: [String] = []
    var chunk = ""
    for character in clean.prefix(200) {
      if chunk.utf8.count + character.utf8.count > 42 {
        words.append(chunk)
        chunk = ""
      }
      chunk.append(character)
    }
    words.append(chunk)
    return words.map { "=?utf-8?B?\(Data($0.utf8).base64EncodedString())?=" }.joined(separator: "\r\n ")
  }

  static func address(_ text: String) -> String {
    CurlTransfer.oneLine(text).filter { !" <>,;\"\\".contains($0) }
  }

  private static func base64Lines(_ text: String) -> [String] {
    let encoded = Array(Data(text.utf8).base64EncodedString())
    return stride(from: 0, to: encoded.count, by: 76).map { String(encoded[$0..<min($0 + 76, encoded.count)]) }
  }

  private static func format(_ date: Date) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = .gmt
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
    return formatter.string(from: date)
  }
}
