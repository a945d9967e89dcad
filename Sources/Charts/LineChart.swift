/// Values over time, a line for each series, with the interval of each value as a band where there is one series and as a
/// whisker where there are more.
public struct LineChart: Sendable {
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
  /// Bars behind the lines, in their own scale, such as volumes; empty for none.
  public var bars: [Double]
  /// How values are written.
  public var format: ValueFormat

  /// A chart.
  public init(
    _ title: String, labels: [String], series: [Series], bars: [Double] = [], format: ValueFormat = .percent
  ) {
    self.title = title
    self.labels = labels
    self.series = series
    self.bars = bars
    self.format = format
  }

  /// The drawing.
  public var svg: String {
    var canvas = SVGCanvas(width: 640, height: 320, title: title)
    let points = series.flatMap(\.points).compactMap(\.self)
    let values = points.flatMap {
      [$0.value, $0.interval?.lowerBound ?? $0.value, $0.interval?.upperBound ?? $0.value]
    }
    let y = Axis(values, from: 270, to: 30)
    let x = { (index: Int) in 60 + (Double(index) + 0.5) * 560 / Double(max(1, labels.count)) }
    drawBars(x, &canvas)
    for tick in y.ticks {
      canvas.line(60, y(tick), 620, y(tick), "grid")
      canvas.text(52, y(tick) + 4, format.text(tick), anchor: "end")
    }
    let every = max(1, (labels.count + 8) / 9)
    for (index, label) in labels.enumerated() where index % every == 0 {
      canvas.text(x(index), 290, label, anchor: "middle")
    }
    for (number, line) in series.enumerated() { draw(line, number, x, y, &canvas) }
    drawLegend(&canvas)
    return canvas.svg
  }

  private func drawBars(_ x: (Int) -> Double, _ canvas: inout SVGCanvas) {
    guard let highest = bars.max(), highest > 0 else { return }
    let width = 560 / Double(max(1, bars.count)) * 0.6
    for (index, value) in bars.enumerated() {
      let height = value / highest * 120
      let tip = "\(labels.indices.contains(index) ? labels[index] : ""): \(ValueFormat.number(0).text(value))"
      canvas.rectangle(x(index) - width / 2, 270 - height, width, height, "volume", tip: tip)
    }
  }

  private func draw(
    _ line: Series, _ number: Int, _ x: (Int) -> Double, _ y: Axis, _ canvas: inout SVGCanvas
  ) {
    let placed = line.points.enumerated().compactMap { index, point in point.map { (index: index, point: $0) } }
    if series.count == 1 {
      let upper = placed.compactMap { item in item.point.interval.map { (x: x(item.index), y: y($0.upperBound)) } }
      let lower = placed.compactMap { item in item.point.interval.map { (x: x(item.index), y: y($0.lowerBound)) } }
      canvas.area(upper + lower.reversed(), "band s\(number % 6)")
    }
    canvas.path(placed.map { (x: x($0.index), y: y($0.point.value)) }, "line s\(number % 6)")
    // Whiskers of several lines stand side by side.
    let shift = (Double(number) - Double(series.count - 1) / 2) * 4
    for (index, point) in placed {
      if series.count > 1, let interval = point.interval {
        canvas.line(
          x(index) + shift, y(interval.lowerBound), x(index) + shift, y(interval.upperBound), "whisker s\(number % 6)")
      }
      let range = point.interval.map { " (\(format.text($0.lowerBound))–\(format.text($0.upperBound)))" } ?? ""
      let label = labels.indices.contains(index) ? labels[index] : ""
      canvas.circle(
        x(index), y(point.value), radius: 3, "dot s\(number % 6)",
        tip: "\(line.name), \(label): \(format.text(point.value))\(range)")
    }
  }

  private func drawLegend(_ canvas: inout SVGCanvas) {
    guard series.count > 1 else { return }
    let width = 560 / Double(series.count)
    for (number, line) in series.enumerated() {
      let x = 60 + Double(number) * width
      canvas.rectangle(x, 305, 10, 10, "fill s\(number % 6)")
      canvas.text(x + 14, 314, line.name)
    }
  }
}
