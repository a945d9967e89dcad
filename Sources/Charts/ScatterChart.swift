/// Named points in a plane, cut into four by two guides.
public struct ScatterChart: Sendable {
  /// A named point.
  public struct Point: Sendable {
    /// Its name.
    public var name: String
    /// The horizontal value.
    public var x: Double
    /// The vertical value.
    public var y: Double

    /// A point.
    public init(_ name: String, x: Double, y: Double) {
      self.name = name
      self.x = x
      self.y = y
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
  /// How values are written.
  public var formats: (x: ValueFormat, y: ValueFormat)

  /// A chart.
  public init(
    _ title: String, points: [Point], axes: (x: String, y: String), guides: (x: Double, y: Double)? = nil,
    formats: (x: ValueFormat, y: ValueFormat) = (.percent, .percent)
  ) {
    self.title = title
    self.points = points
    self.axes = axes
    self.guides = guides
    self.formats = formats
  }

  /// The drawing.
  public var svg: String {
    var canvas = SVGCanvas(width: 640, height: 360, title: title)
    let x = Axis(points.map(\.x) + (guides.map { [$0.x] } ?? []), from: 70, to: 610)
    let y = Axis(points.map(\.y) + (guides.map { [$0.y] } ?? []), from: 300, to: 20)
    for tick in x.ticks {
      canvas.line(x(tick), 20, x(tick), 300, "grid")
      canvas.text(x(tick), 318, formats.x.text(tick), anchor: "middle")
    }
    for tick in y.ticks {
      canvas.line(70, y(tick), 610, y(tick), "grid")
      canvas.text(62, y(tick) + 4, formats.y.text(tick), anchor: "end")
    }
    if let guides {
      canvas.line(x(guides.x), 20, x(guides.x), 300, "reference")
      canvas.line(70, y(guides.y), 610, y(guides.y), "reference")
    }
    for point in points {
      let tip = "\(point.name): \(axes.x) \(formats.x.text(point.x)), \(axes.y) \(formats.y.text(point.y))"
      canvas.circle(x(point.x), y(point.y), radius: 4, "dot s0", tip: tip)
      canvas.text(x(point.x) + 6, y(point.y) - 5, point.name, "small")
    }
    canvas.text(340, 345, axes.x, anchor: "middle")
    canvas.text(70, 12, axes.y)
    return canvas.svg
  }
}
