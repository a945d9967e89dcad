/// Values over time, a line for each series, with the interval of each value as a band where there is one series and as a
/// whisker where there are more.
public struct LineChart: Chart {
  /// A value with the interval that it is known in.
  public struct Point: Sendable {
    /// The value.
    public var value: Double
    /// Where the true value lies.
    public var interval: ClosedRange<Double>?

    /// A point.
    public init(_ value: Double, _ interval: ClosedRange<Double>? = nil) {
      self.value = value
      self.interval = interval
    }

    /// All that must find room.
    fileprivate var extent: [Double] { [value] + (interval.map { [$0.lowerBound, $0.upperBound] } ?? []) }
  }

  /// A line.
  public struct Series: Sendable {
    /// Its name in the legend.
    public var name: String
    /// A point for each label of the horizontal axis; nil where there is none.
    public var points: [Point?]

    /// A series.
    public init(_ name: String, _ points: [Point?]) {
      self.name = name
      self.points = points
    }
  }

  /// What the chart shows.
  public var title: String
  /// The labels of the horizontal axis.
  public var labels: [String]
  /// The lines.
  public var series: [Series]
  /// A dashed line that the others are held against; empty for none.
  public var reference: [Double?]
  /// Bars behind the lines, in their own scale, such as volumes; empty for none.
  public var bars: [Double]
  /// What the vertical axis holds besides the values: the same for charts that are compared.
  public var span: ClosedRange<Double>?
  /// How values are written.
  public var format: ValueFormat

  /// A chart.
  public init(
    _ title: String, labels: [String], series: [Series], reference: [Double?] = [], bars: [Double] = [],
    span: ClosedRange<Double>? = nil, format: ValueFormat = .percent
  ) {
    self.title = title
    self.labels = labels
    self.series = series
    self.reference = reference
    self.bars = bars
    self.span = span
    self.format = format
  }

  /// Whether any point of any line is a number.
  public var hasData: Bool { series.contains { $0.points.contains { $0?.value.isFinite == true } } }

  /// The drawing.
  public func svg(width: Double) -> String {
    let legend = Legend(series.count > 1 ? series.map(\.name) : [], width: width)
    let bottom = width < 480 ? 180.0 : 260
    let values = series.flatMap(\.points).flatMap { $0?.extent ?? [] } + reference.compactMap(\.self)
    let y = Axis(values + (span.map { [$0.lowerBound, $0.upperBound] } ?? []), format, from: bottom, to: 14)
    let left = TextWidth.widest(y.labels) + 10
    let plot = Plot(left: left, right: width - 8, bottom: bottom, columns: labels.count, y: y)
    var canvas = SVGCanvas(width: width, height: bottom + 28 + legend.height, title: title)
    drawBars(plot, &canvas)
    drawAxes(plot, &canvas)
    canvas.path(
      reference.enumerated().compactMap { index, value in value.map { (plot.x(index), y($0)) } }, "line reference")
    for (number, line) in series.enumerated() { draw(line, number, plot, &canvas) }
    legend.draw(at: bottom + 32, &canvas)
    return canvas.svg
  }

  /// Where things are.
  private struct Plot {
    var left: Double
    var right: Double
    var bottom: Double
    var columns: Int
    var y: Axis

    var column: Double { (right - left) / Double(max(1, columns)) }
    func x(_ index: Int) -> Double { left + (Double(index) + 0.5) * column }
    /// Of so many columns one can bear a text of that width.
    func every(_ width: Double) -> Int { max(1, Int((width / column).rounded(.up))) }
  }

  private func drawAxes(_ plot: Plot, _ canvas: inout SVGCanvas) {
    for (tick, label) in zip(plot.y.ticks, plot.y.labels) {
      canvas.line(plot.left, plot.y(tick), plot.right, plot.y(tick), "grid")
      canvas.text(plot.left - 6, plot.y(tick) + 4, label, anchor: "end")
    }
    let every = plot.every(TextWidth.widest(labels) + 8)
    for (index, label) in labels.enumerated() where index % every == 0 {
      let half = TextWidth.of(label) / 2
      // The first and the last label may be wider than their columns.
      let x = min(max(plot.x(index), half), canvas.width - half)
      canvas.text(x, plot.bottom + 18, label, anchor: "middle")
    }
  }

  private func drawBars(_ plot: Plot, _ canvas: inout SVGCanvas) {
    guard let highest = bars.max(), highest > 0 else { return }
    let width = plot.column * 0.7
    let texts = bars.map(ValueFormat.number(0).text)
    let every = plot.every(TextWidth.widest(texts, size: TextWidth.small) + 4)
    for (index, (value, text)) in zip(bars, texts).enumerated() {
      let height = value / highest * (plot.bottom - 14) * 0.4
      let tip = "\(labels.indices.contains(index) ? labels[index] : ""): \(text)"
      canvas.rectangle(plot.x(index) - width / 2, plot.bottom - height, width, height, "volume", tip: tip)
      if index % every == 0 { canvas.text(plot.x(index), plot.bottom - 4, text, anchor: "middle", "small ink") }
    }
  }

  private func draw(_ line: Series, _ number: Int, _ plot: Plot, _ canvas: inout SVGCanvas) {
    let style = "s\(number % 6)"
    // Lines stand side by side, so that their whiskers do not hide one another.
    let shift = (Double(number) - Double(series.count - 1) / 2) * min(5, plot.column / Double(series.count + 1))
    let placed = line.points.enumerated().compactMap { index, point in
      point.map { (index: index, x: plot.x(index) + shift, point: $0) }
    }
    if series.count == 1 {
      let upper = placed.compactMap { item in item.point.interval.map { (x: item.x, y: plot.y($0.upperBound)) } }
      let lower = placed.compactMap { item in item.point.interval.map { (x: item.x, y: plot.y($0.lowerBound)) } }
      canvas.area(upper + lower.reversed(), "band \(style)")
    }
    canvas.path(placed.map { (x: $0.x, y: plot.y($0.point.value)) }, "line \(style)")
    for (index, x, point) in placed {
      // A band needs two points; a point by itself shows its interval as a whisker.
      if series.count > 1 || placed.count == 1, let interval = point.interval {
        canvas.line(x, plot.y(interval.lowerBound), x, plot.y(interval.upperBound), "whisker \(style)")
      }
      let range = point.interval.map { " (\(format.text($0)))" } ?? ""
      let label = labels.indices.contains(index) ? labels[index] : ""
      canvas.circle(
        x, plot.y(point.value), radius: 3, "dot \(style)",
        tip: "\(line.name), \(label): \(format.text(point.value))\(range)")
    }
  }
}

/// Names beside their colours, in as many rows as they need.
struct Legend {
  private var entries: [(name: String, x: Double, row: Int)] = []

  init(_ names: [String], width: Double) {
    var (x, row) = (0.0, 0)
    for name in names {
      let wide = TextWidth.of(name) + 30
      if x > 0, x + wide > width { (x, row) = (0, row + 1) }
      entries.append((name, x, row))
      x += wide
    }
  }

  var height: Double { entries.last.map { Double($0.row + 1) * 18 } ?? 0 }

  func draw(at top: Double, _ canvas: inout SVGCanvas) {
    for (number, entry) in entries.enumerated() {
      let y = top + Double(entry.row) * 18
      canvas.rectangle(entry.x, y, 10, 10, "fill s\(number % 6)")
      canvas.text(entry.x + 14, y + 9, entry.name)
    }
  }
}
