/// Text from records as one line that shows what it holds: no control characters and no line ends, and nothing invisible that
/// turns the direction of what follows (a name with U+202E in it reads backwards together with the text behind it).
enum PlainLine {
  /// The text without them; line ends and tabs are spaces.
  static func of(_ text: String) -> String {
    // Nearly every text is such.
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.value {
      case 0x09...0x0D, 0x85, 0x2028, 0x2029: line.append(" ")
      case 0...0x1F, 0x7F...0x9F: continue
      // Marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX 9), and what they replaced.
      case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x206F: continue
      // Zero-width spaces, byte-order marks and tags, by which two texts that look alike differ.
      case 0x200B, 0x2060, 0xFEFF, 0xE0000...0xE007F: continue
      default: line.append(scalar)
      }
    }
    return String(line)
  }

  /// Every text within the context of a template, changed.
  static func map(_ value: Any, _ change: (String) -> String) -> Any {
    switch value {
    case let text as String: change(text)
    case let texts as [String]: texts.map(change)
    case let list as [[String: Any]]: list.map { changed($0, change) }
    case let members as [String: Any]: changed(members, change)
    default: value
    }
  }

  private static func changed(_ members: [String: Any], _ change: (String) -> String) -> [String: Any] {
    // The links are ours, signed to the letter.
    Dictionary(
      uniqueKeysWithValues: members.map { key, value in
        (key, FeedbackLinks.names.contains(key) ? value : map(value, change))
      })
  }
}
