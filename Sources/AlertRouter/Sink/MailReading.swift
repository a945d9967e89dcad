import Foundation

/// Reads a mail as the router writes it: encoded words in the subject, base64 parts, the last of which is HTML.
enum MailReading {
  static func message(_ bytes: [UInt8], to: String) -> ReceivedMessage {
    let mail = String(decoding: bytes, as: UTF8.self)
    let halves = mail.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let head = (halves.first ?? "").replacing("\r\n ", with: " ")
    let subject = head.components(separatedBy: "\r\n").first { $0.lowercased().hasPrefix("subject:") } ?? ""
    let parts = halves.count > 1 ? self.parts(halves[1]) : [:]
    return ReceivedMessage(
      way: .email, to: to, subject: decoded(subject.dropFirst("subject:".count).trimmingCharacters(in: .whitespaces)),
      text: parts["text/plain"] ?? "", html: parts["text/html"] ?? "")
  }

  private static func parts(_ body: String) -> [String: String] {
    var found: [String: String] = [:]
    for part in body.components(separatedBy: "\r\n--") {
      let halves = part.components(separatedBy: "\r\n\r\n")
      guard halves.count > 1, let type = halves[0].range(of: "Content-Type: ") else { continue }
      let name = String(halves[0][type.upperBound...].prefix { $0 != ";" && $0 != "\r\n" })
      let encoded = halves[1].components(separatedBy: "\r\n--")[0].filter { !$0.isWhitespace }
      guard let data = Data(base64Encoded: encoded) else { continue }
      found[name] = String(decoding: data, as: UTF8.self)
    }
    return found
  }

  /// Encoded words (RFC 2047) as text.
  private static func decoded(_ text: String) -> String {
    text.replacing(/\?=\s+=\?/) { _ in "?==?" }.replacing(/=\?utf-8\?B\?([^?]*)\?=/) { match in
      Data(base64Encoded: String(match.output.1)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
  }
}
