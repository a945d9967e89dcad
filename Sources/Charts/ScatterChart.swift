/// Named points in a plane, cut into four by two guides.
public struct ScatterChart: Chart {
  /// A named point.
  public struct Point: Sendable {
    /// Its name.
    public var name: String
    /// The horizontal value.
    public var x: Double
    /// The vertical value.
    public var y: Double
    /// The number of its colour, 0 to 5.
    public var group: Int

    /// A point.
    public init(_ name: String, x: Double, y: Double, group: Int = 0) {
      self.name = name
      self.x = x
      self.y = y
      self.group = group
    }

    fileprivate var isFinite: Bool { x.isFinite && y.isFinite }
  }

  /// What the four parts are called.
  public struct Quadrants: Sendable {
    /// At the top.
    public var topLeft: String, topRight: String
    /// At the bottom.
    public var bottomLeft: String, bottomRight: String

    /// Names of the parts.
    public init(topLeft: String, topRight: String, bottomLeft: String, bottomRight: String) {
      (self.topLeft, self.topRight, self.bottomLeft, self.bottomRight) = (topLeft, topRight, bottomLeft, bottomRight)
    }
  }

  /// What the chart shows.
  public var title: String
  /// The points.
  public var points: [Point]
  /// What the axes are.
  public var axes: (x: String, y: String)
  /// Where the guides stand; nil for none.
  public var guides: (x: Double, y: Double)?
  /// What the parts are called that the guides cut; nil for nothing.
  public var quadrants: Quadrants?
  /// How values are written.
  public var formats: (x: ValueFormat, y: ValueFormat)

  /// A chart.
  public init(
    _ title: String, points: [Point], axes: (x: String, y: String), guides: (x: Double, y: Double)? = nil,
    quadrants: Quadrants? = nil, formats: (x: ValueFormat, y: ValueFormat) = (.percent, .percent)
  ) {
    self.title = title
    self.points = points
    self.axes = axes
    self.guides = guides
    self.quadrants = quadrants
    self.formats = formats
  }

  /// Whether any point can be placed.
  public var hasData: Bool { points.contains { $0.isFinite } }

  /// The drawing.
  public func svg(width: Double) -> String {
    let (top, bottom) = (38.0, width < 480 ? 290.0 : 360)
    let placed = points.filter(\.isFinite)
    let y = Axis(placed.map(\.y) + (guides.map { [$0.y] } ?? []), from: bottom, to: top)
    let left = TextWidth.widest(y.ticks.map(formats.y.text)) + 10
    let x = Axis(placed.map(\.x) + (guides.map { [$0.x] } ?? []), from: left, to: width - 16)
    var canvas = SVGCanvas(width: width, height: bottom + 42, title: title)
    for tick in x.ticks {
      canvas.line(x(tick), top, x(tick), bottom, "grid")
      canvas.text(x(tick), bottom + 17, formats.x.text(tick), anchor: "middle")
    }
    for tick in y.ticks {
      canvas.line(left, y(tick), width - 16, y(tick), "grid")
      canvas.text(left - 6, y(tick) + 4, formats.y.text(tick), anchor: "end")
    }
    if let guides {
      canvas.line(x(guides.x), top, x(guides.x), bottom, "reference")
      canvas.line(left, y(guides.y), width - 16, y(guides.y), "reference")
    }
    canvas.text((left + width - 16) / 2, bottom + 36, "\(axes.x) →", anchor: "middle")
    canvas.text(0, 12, "↑ \(axes.y)")
    var taken = name(quadrantsIn: (left, top, width - 16, bottom), &canvas)
    taken += placed.map { Box(x: x($0.x) - 4, y: y($0.y) - 4, width: 8, height: 8) }
    for point in placed {
      let tip = "\(point.name): \(axes.x) \(formats.x.text(point.x)), \(axes.y) \(formats.y.text(point.y))"
      canvas.circle(x(point.x), y(point.y), radius: 4, "dot s\(point.group % 6)", tip: tip)
    }
    let area = Box(x: left, y: top, width: canvas.width - left, height: bottom - top)
    for point in placed { label(point.name, x(point.x), y(point.y), within: area, &taken, &canvas) }
    return canvas.svg
  }

  private func name(
    quadrantsIn area: (left: Double, top: Double, right: Double, bottom: Double), _ canvas: inout SVGCanvas
  ) -> [Box] {
    guard let quadrants else { return [] }
    let (above, below) = (area.top + 11, area.bottom - 5)
    canvas.text(area.left + 4, above, quadrants.topLeft, "small part over")
    canvas.text(area.right - 4, above, quadrants.topRight, anchor: "end", "small part over")
    canvas.text(area.left + 4, below, quadrants.bottomLeft, "small part over")
    canvas.text(area.right - 4, below, quadrants.bottomRight, anchor: "end", "small part over")
    func box(_ text: String, atRight: Bool, _ y: Double) -> Box {
      let width = TextWidth.of(text, size: TextWidth.small) + 4
      return Box(x: atRight ? area.right - width : area.left, y: y - 10, width: width, height: 13)
    }
    return [
      box(quadrants.topLeft, atRight: false, above), box(quadrants.topRight, atRight: true, above),
      box(quadrants.bottomLeft, atRight: false, below), box(quadrants.bottomRight, atRight: true, below),
    ]
  }

  /// Names a point at the first of eight places around it where nothing else stands; where all are taken the name shows
  /// only when the point is pointed at.
  private func label(
    _ name: String, _ x: Double, _ y: Double, within area: Box, _ taken: inout [Box], _ canvas: inout SVGCanvas
  ) {
    let width = TextWidth.of(name, size: TextWidth.small)
    let places = [
      (x + 6, y - 13), (x + 6, y + 3), (x - 6 - width, y - 13), (x - 6 - width, y + 3), (x + 7, y - 5),
      (x - 7 - width, y - 5), (x - width / 2, y - 17), (x - width / 2, y + 6),
    ]
    for (left, top) in places {
      let box = Box(x: left, y: top, width: width, height: 11)
      guard area.holds(box), !taken.contains(where: box.meets) else { continue }
      taken.append(box)
      canvas.text(left, top + 9, name, "small over")
      return
    }
  }
}

/// Room that is taken on a drawing.
private struct Box {
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
}
