/// Names and labels as Prometheus allows them. Source: the Prometheus text format 0.0.4 and its data model.
enum MetricName {
  /// A metric's or a label's name: what is not allowed becomes `_`.
  static func legal(_ name: String, allowingColon: Bool = true) -> String {
    var legal = ""
    for scalar in name.unicodeScalars {
      let fits =
        switch scalar {
        case "a"..."z", "A"..."Z", "_", "0"..."9": true
        case ":": allowingColon
        default: false
        }
      if fits { legal.unicodeScalars.append(scalar) } else { legal += "_" }
    }
    guard let first = legal.first, !first.isNumber else { return "_" + legal }
    return legal
  }

  /// `a="1",b="2"`, by name: the same labels in another order are the same series.
  static func labels(_ dimensions: [(String, String)]) -> String {
    var values: [String: String] = [:]
    for (name, value) in dimensions { values[legal(name, allowingColon: false)] = value }
    return values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(escaped($0.value))\"" }.joined(separator: ",")
  }

  /// A number as the format has it.
  static func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
    if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
    return String(value)
  }

  /// A text of a `# HELP` line, where quotes stand for themselves.
  static func help(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\") }
      .joined(separator: "\\n")
  }

  private static func escaped(_ value: String) -> String {
    var text = ""
    for scalar in value.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "\\\""
      case "\n": text += "\\n"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}
