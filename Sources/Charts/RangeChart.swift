/// Named values one below the other, each a dot with its interval, or a bar: ranks, effects, tiers.
public struct RangeChart: Sendable {
  /// A named value.
  public struct Row: Sendable {
    /// Its name.
    public var name: String
    /// The value.
    public var value: Double
    /// Where the true value lies.
    public var interval: ClosedRange<Double>?
    /// What stands at the right, such as a number of deals.
    public var note: String

    /// A row.
    public init(_ name: String, _ value: Double, _ interval: ClosedRange<Double>? = nil, note: String = "") {
      self.name = name
      self.value = value
      self.interval = interval
      self.note = note
    }
  }

  /// How values are drawn.
  public enum Mark: Sendable {
    /// A dot, with a line for the interval.
    case dot
    /// A bar from zero.
    case bar
  }

  /// What the chart shows.
  public var title: String
  /// The rows, from the top.
  public var rows: [Row]
  /// How values are drawn.
  public var mark: Mark
  /// A value that others are held against, drawn through all rows.
  public var reference: Double?
  /// How values are written.
  public var format: ValueFormat

  /// A chart.
  public init(
    _ title: String, rows: [Row], mark: Mark = .dot, reference: Double? = nil, format: ValueFormat = .percent
  ) {
    self.title = title
    self.rows = rows
    self.mark = mark
    self.reference = reference
    self.format = format
  }

  /// The drawing.
  public var svg: String {
    let step = 22.0
    let bottom = 20 + Double(rows.count) * step
    var canvas = SVGCanvas(width: 640, height: bottom + 30, title: title)
    let values = rows.flatMap { [$0.value, $0.interval?.lowerBound ?? $0.value, $0.interval?.upperBound ?? $0.value] }
    let x = Axis(values + (reference.map { [$0] } ?? []), from: 170, to: 480, includesZero: mark == .bar)
    for tick in x.ticks {
      canvas.line(x(tick), 12, x(tick), bottom, "grid")
      canvas.text(x(tick), bottom + 18, format.text(tick), anchor: "middle")
    }
    if let reference { canvas.line(x(reference), 12, x(reference), bottom, "reference") }
    for (index, row) in rows.enumerated() {
      let y = 26 + Double(index) * step
      canvas.text(160, y + 4, row.name, anchor: "end")
      let range = row.interval.map { " (\(format.text($0.lowerBound))–\(format.text($0.upperBound)))" } ?? ""
      let tip = "\(row.name): \(format.text(row.value))\(range) \(row.note)"
      if mark == .bar {
        let (from, to) = (min(x(0), x(row.value)), max(x(0), x(row.value)))
        canvas.rectangle(from, y - 7, to - from, 14, "fill s0", tip: tip)
      }
      if let interval = row.interval {
        canvas.line(x(interval.lowerBound), y, x(interval.upperBound), y, mark == .bar ? "whisker ink" : "whisker s0")
      }
      if mark == .dot { canvas.circle(x(row.value), y, radius: 4, "dot s0", tip: tip) }
      canvas.text(494, y + 4, "\(format.text(row.value))  \(row.note)")
    }
    return canvas.svg
  }
}
