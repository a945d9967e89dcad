import Foundation

/// Where the names of points stand. A name lies beside its own point and no nearer to another; where that can't be, a line
/// leads to it. Where many names find no room beside their points, all points bear numbers, and a list tells the names.
struct PointLabels {
  /// A name or a number beside its point.
  struct Label {
    var text: String
    var box: Box
    /// Whether a line leads from the point to it.
    var isLed: Bool
  }

  /// A point on the drawing.
  typealias Dot = (name: String, x: Double, y: Double)

  /// Whether points bear numbers.
  private(set) var isNumbered = false
  /// For each point its label; nil where there is no room at all: the list names it then.
  private(set) var labels: [Label?] = []

  private static let height = 11.0
  /// Of so many points one name may be led to by a line; more lines would be a thicket.
  private static let namesForOneLine = 5

  init(_ dots: [Dot], within area: Box, around taken: [Box]) {
    let taken = taken + dots.map { Box(x: $0.x - 4, y: $0.y - 4, width: 8, height: 8) }
    labels = Self.place(
      dots.map { TextWidth.clipped($0.name, within: 120, size: TextWidth.small) }, dots, area, taken)
    let lines = labels.count { $0?.isLed == true }
    if !labels.contains(where: { $0 == nil }), lines * Self.namesForOneLine <= dots.count { return }
    isNumbered = true
    labels = Self.place(dots.indices.map { "\($0 + 1)" }, dots, area, taken)
  }

  private static func place(_ texts: [String], _ dots: [Dot], _ area: Box, _ taken: [Box]) -> [Label?] {
    var taken = taken
    return zip(texts, dots).map { text, dot in
      let width = TextWidth.of(text, size: TextWidth.small)
      let others = dots.filter { hypot($0.x - dot.x, $0.y - dot.y) > 1 }
      func isFree(_ box: Box) -> Bool { area.holds(box) && !taken.contains(where: box.meets) }
      let near = beside(dot, width).first { box in
        isFree(box) && others.allSatisfy { box.distance($0.x, $0.y) > box.distance(dot.x, dot.y) + 3 }
      }
      let far = near == nil ? around(dot, width).filter(isFree) : []
      guard let box = near ?? far.first(where: { !isCrossed(dot, $0, others) }) ?? far.first else { return nil }
      taken.append(box)
      return Label(text: text, box: box, isLed: near == nil)
    }
  }

  /// Eight places beside a point.
  private static func beside(_ dot: Dot, _ width: Double) -> [Box] {
    [
      (dot.x + 6, dot.y - 13), (dot.x + 6, dot.y + 3), (dot.x - 6 - width, dot.y - 13), (dot.x - 6 - width, dot.y + 3),
      (dot.x + 7, dot.y - 5), (dot.x - 7 - width, dot.y - 5), (dot.x - width / 2, dot.y - 17),
      (dot.x - width / 2, dot.y + 6),
    ].map { Box(x: $0.0, y: $0.1, width: width, height: height) }
  }

  /// Places further away, the nearest first.
  private static func around(_ dot: Dot, _ width: Double) -> [Box] {
    stride(from: 18.0, through: 116, by: 7).flatMap { radius in
      (0..<16).map { step in
        let angle = Double(step) * .pi / 8
        let (x, y) = (dot.x + radius * cos(angle), dot.y + radius * sin(angle))
        // The side that faces the point stands at that distance, so that wide texts lie no nearer than narrow ones.
        let left = x - width * (1 - cos(angle)) / 2
        return Box(x: left, y: y - height / 2, width: width, height: height)
      }
    }
  }

  /// Whether the line to a label passes over another point. One that lies on the point itself is passed over anyway.
  private static func isCrossed(_ dot: Dot, _ box: Box, _ others: [Dot]) -> Bool {
    let end = box.nearest(dot.x, dot.y)
    let (dx, dy) = (end.x - dot.x, end.y - dot.y)
    return others.contains { other in
      if hypot(other.x - dot.x, other.y - dot.y) < 8 { return false }
      let share = ((other.x - dot.x) * dx + (other.y - dot.y) * dy) / max(1e-9, dx * dx + dy * dy)
      let (x, y) = (dot.x + min(max(share, 0), 1) * dx, dot.y + min(max(share, 0), 1) * dy)
      return hypot(other.x - x, other.y - y) < 5
    }
  }

  func draw(_ dots: [Dot], _ canvas: inout SVGCanvas) {
    for (label, dot) in zip(labels, dots) {
      guard let label, label.isLed else { continue }
      let end = label.box.nearest(dot.x, dot.y)
      canvas.line(dot.x, dot.y, end.x, end.y, "leader")
    }
    for case let label? in labels { canvas.text(label.box.x, label.box.y + 9, label.text, "small over") }
  }
}

/// The names of numbered points, in columns.
struct NumberedList {
  private let entries: [String]
  private let columns: Int
  private let column: Double

  init(_ names: [String], width: Double) {
    entries = names.enumerated().map {
      TextWidth.clipped("\($0.offset + 1) \($0.element)", within: width, size: TextWidth.small)
    }
    column = TextWidth.widest(entries, size: TextWidth.small) + 12
    columns = max(1, Int(width / max(1, column)))
  }

  var height: Double { Double((entries.count + columns - 1) / columns) * 15 }

  func draw(at top: Double, _ canvas: inout SVGCanvas) {
    for (index, entry) in entries.enumerated() {
      canvas.text(Double(index % columns) * column, top + Double(index / columns) * 15 + 10, entry, "small ink")
    }
  }
}

/// Room that is taken on a drawing.
struct Box {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  func meets(_ other: Box) -> Bool {
    x < other.x + other.width && other.x < x + width && y < other.y + other.height && other.y < y + height
  }

  func holds(_ other: Box) -> Bool {
    x <= other.x && other.x + other.width <= x + width && y <= other.y && other.y + other.height <= y + height
  }

  /// The point of it that lies nearest to another.
  func nearest(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
    (min(max(x, self.x), self.x + width), min(max(y, self.y), self.y + height))
  }

  func distance(_ x: Double, _ y: Double) -> Double {
    let nearest = nearest(x, y)
    return hypot(nearest.x - x, nearest.y - y)
  }
}
