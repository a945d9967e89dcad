import Logging

/// Log lines as JSON. Values are texts, objects and lists, as in swift-log: numbers stay texts.
enum JSONText {
  /// Appends a string in quotes. Source: RFC 8259, section 7.
  static func append(_ text: String, to line: inout String) {
    line += "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": line += "\\\""
      case "\\": line += "\\\\"
      case "\n": line += "\\n"
      case "\r": line += "\\r"
      case "\t": line += "\\t"
      default:
        if isControl(scalar) { line += escape(scalar) } else { line.unicodeScalars.append(scalar) }
      }
    }
    line += "\""
  }

  /// Appends a value, the keys of objects in order.
  static func append(_ value: Logger.MetadataValue, to line: inout String) {
    switch value {
    case .string(let text): append(text, to: &line)
    case .stringConvertible(let convertible): append(convertible.description, to: &line)
    case .array(let elements):
      line += "["
      for (index, element) in elements.enumerated() {
        if index > 0 { line += "," }
        append(element, to: &line)
      }
      line += "]"
    case .dictionary(let members):
      line += "{"
      for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
        if index > 0 { line += "," }
        append(member.key, to: &line)
        line += ":"
        append(member.value, to: &line)
      }
      line += "}"
    }
  }

  /// The text with line ends and terminal controls made visible.
  static func singleLine(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var line = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\n": line += "\\n"
      case "\r": line += "\\r"
      case "\t": line += "\\t"
      default:
        if isControl(scalar) { line += escape(scalar) } else { line.unicodeScalars.append(scalar) }
      }
    }
    return line
  }

  /// C0, C1 and the two separators that some readers take for line ends.
  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    let digits = String(scalar.value, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
  }
}
