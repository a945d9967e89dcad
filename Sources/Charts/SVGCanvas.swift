/// A drawing that grows element by element and becomes SVG text. Colours are classes, so that a page's style decides on
/// light, dark and print.
struct SVGCanvas {
  let width: Double
  let height: Double
  private let title: String
  private var body = ""

  init(width: Double, height: Double, title: String) {
    self.width = width
    self.height = height
    self.title = title
  }

  /// The whole drawing. Its title is what a screen reader says.
  var svg: String {
    "<svg viewBox=\"0 0 \(Self.number(width)) \(Self.number(height))\" role=\"img\" aria-label=\"\(Self.escape(title))\" "
      + "xmlns=\"http://www.w3.org/2000/svg\"><title>\(Self.escape(title))</title>\(body)</svg>"
  }

  mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String) {
    body += "<line x1=\"\(Self.number(x1))\" y1=\"\(Self.number(y1))\" x2=\"\(Self.number(x2))\" "
    body += "y2=\"\(Self.number(y2))\" class=\"\(style)\"/>"
  }

  mutating func path(_ points: [(x: Double, y: Double)], _ style: String) {
    guard points.count > 1 else { return }
    let steps = points.map { "\(Self.number($0.x)) \(Self.number($0.y))" }
    body += "<path d=\"M\(steps.joined(separator: "L"))\" class=\"\(style)\"/>"
  }

  mutating func area(_ points: [(x: Double, y: Double)], _ style: String) {
    guard points.count > 2 else { return }
    let steps = points.map { "\(Self.number($0.x)) \(Self.number($0.y))" }
    body += "<path d=\"M\(steps.joined(separator: "L"))Z\" class=\"\(style)\"/>"
  }

  /// A rectangle with a word that shows when it is pointed at.
  mutating func rectangle(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ style: String, tip: String = "", opacity: Double = 1
  ) {
    let shade = opacity == 1 ? "" : " fill-opacity=\"\(Self.number(opacity, hundredths: true))\""
    body += "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" width=\"\(Self.number(max(0, width)))\" "
    body += "height=\"\(Self.number(max(0, height)))\" class=\"\(style)\"\(shade)>\(Self.tip(tip))</rect>"
  }

  mutating func circle(_ x: Double, _ y: Double, radius: Double, _ style: String, tip: String = "") {
    body += "<circle cx=\"\(Self.number(x))\" cy=\"\(Self.number(y))\" r=\"\(Self.number(radius))\" "
    body += "class=\"\(style)\">\(Self.tip(tip))</circle>"
  }

  /// A text; `anchor` is start, middle or end. `turned` is in degrees, clockwise, around the anchor.
  mutating func text(
    _ x: Double, _ y: Double, _ text: String, anchor: String = "start", _ style: String = "label", turned: Double = 0
  ) {
    let turn = turned == 0 ? "" : " transform=\"rotate(\(Self.number(turned)) \(Self.number(x)) \(Self.number(y)))\""
    body += "<text x=\"\(Self.number(x))\" y=\"\(Self.number(y))\" text-anchor=\"\(anchor)\" class=\"\(style)\"\(turn)>"
    body += "\(Self.escape(text))</text>"
  }

  private static func tip(_ text: String) -> String { text.isEmpty ? "" : "<title>\(escape(text))</title>" }

  /// At most one decimal, or two, and never a NaN: what can't be drawn is drawn at 0.
  static func number(_ value: Double, hundredths: Bool = false) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let scale = hundredths ? 100 : 10
    let scaled = Int((value * Double(scale)).rounded())
    let sign = scaled < 0 ? "-" : ""
    let whole = "\(sign)\(scaled.magnitude / UInt(scale))"
    let rest = Int(scaled.magnitude) % scale
    return rest == 0 ? whole : "\(whole).\(hundredths && rest < 10 ? "0" : "")\(rest)"
  }

  /// A text as it may stand in XML.
  static func escape(_ text: String) -> String {
    var escaped = ""
    for character in text {
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default: escaped.append(character)
      }
    }
    return escaped
  }
}

/// How wide texts are. No font is at hand when a page is written, so widths are those of a wide one.
enum TextWidth {
  /// The size of `label`, in pixels.
  static let label = 12.0
  /// The size of `small`, in pixels.
  static let small = 10.0

  /// The width of a text in pixels.
  static func of(_ text: String, size: Double = label) -> Double {
    text.reduce(0) { $0 + ($1 == "%" || $1 == "M" || $1 == "W" ? 0.95 : 0.6) } * size
  }

  /// The width of the widest.
  static func widest(_ texts: some Sequence<String>, size: Double = label) -> Double {
    texts.reduce(0) { max($0, of($1, size: size)) }
  }

  /// A text that is at most so wide: what is too long ends with an ellipsis.
  static func clipped(_ text: String, within width: Double, size: Double = label) -> String {
    guard of(text, size: size) > width else { return text }
    var kept = text
    while kept.count > 1, of(kept + "…", size: size) > width { kept.removeLast() }
    return kept + "…"
  }

  /// A text in lines that are at most so wide; a word that is wider stands alone and is clipped.
  static func lines(_ text: String, within width: Double, size: Double = label) -> [String] {
    var lines: [String] = []
    for word in text.split(separator: " ") {
      if let last = lines.last, of("\(last) \(word)", size: size) <= width {
        lines[lines.count - 1] = "\(last) \(word)"
      } else {
        lines.append(clipped(String(word), within: width, size: size))
      }
    }
    return lines
  }
}
