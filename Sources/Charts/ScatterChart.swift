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
    let y = Axis(placed.map(\.y) + (guides.map { [$0.y] } ?? []), formats.y, from: bottom, to: top)
    let left = TextWidth.widest(y.labels) + 10
    let x = Axis(placed.map(\.x) + (guides.map { [$0.x] } ?? []), formats.x, from: left, to: width - 16)
    let area = Box(x: left, y: top, width: width - left, height: bottom - top)
    let dots = placed.map { (name: $0.name, x: x($0.x), y: y($0.y)) }
    let labels = PointLabels(dots, within: area, around: quadrantBoxes(area))
    let list = NumberedList(labels.isNumbered ? placed.map(\.name) : [], width: width)
    var canvas = SVGCanvas(width: width, height: bottom + 42 + list.height, title: title)
    for (tick, label) in zip(x.ticks, x.labels) {
      canvas.line(x(tick), top, x(tick), bottom, "grid")
      canvas.text(x(tick), bottom + 17, label, anchor: "middle")
    }
    for (tick, label) in zip(y.ticks, y.labels) {
      canvas.line(left, y(tick), width - 16, y(tick), "grid")
      canvas.text(left - 6, y(tick) + 4, label, anchor: "end")
    }
    if let guides {
      canvas.line(x(guides.x), top, x(guides.x), bottom, "reference")
      canvas.line(left, y(guides.y), width - 16, y(guides.y), "reference")
    }
    canvas.text((left + width - 16) / 2, bottom + 36, "\(axes.x) →", anchor: "middle")
    canvas.text(0, 12, "↑ \(axes.y)")
    nameQuadrants(area, &canvas)
    for point in placed {
      let tip = "\(point.name): \(axes.x) \(formats.x.text(point.x)), \(axes.y) \(formats.y.text(point.y))"
      canvas.circle(x(point.x), y(point.y), radius: 4, "dot s\(point.group % 6)", tip: tip)
    }
    labels.draw(dots, &canvas)
    list.draw(at: bottom + 46, &canvas)
    return canvas.svg
  }

  private func nameQuadrants(_ area: Box, _ canvas: inout SVGCanvas) {
    guard let quadrants else { return }
    let (right, above, below) = (area.x + area.width - 20, area.y + 11, area.y + area.height - 5)
    canvas.text(area.x + 4, above, quadrants.topLeft, "small part over")
    canvas.text(right, above, quadrants.topRight, anchor: "end", "small part over")
    canvas.text(area.x + 4, below, quadrants.bottomLeft, "small part over")
    canvas.text(right, below, quadrants.bottomRight, anchor: "end", "small part over")
  }

  /// The room that the names of the parts take.
  private func quadrantBoxes(_ area: Box) -> [Box] {
    guard let quadrants else { return [] }
    let (above, below) = (area.y + 1, area.y + area.height - 15)
    func box(_ text: String, atRight: Bool, _ y: Double) -> Box {
      let width = TextWidth.of(text, size: TextWidth.small) + 4
      return Box(x: atRight ? area.x + area.width - 16 - width : area.x, y: y, width: width, height: 13)
    }
    return [
      box(quadrants.topLeft, atRight: false, above), box(quadrants.topRight, atRight: true, above),
      box(quadrants.bottomLeft, atRight: false, below), box(quadrants.bottomRight, atRight: true, below),
    ]
  }
}
