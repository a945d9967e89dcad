/// Named values one below the other, each a dot with its interval, or a bar: ranks, effects, tiers.
public struct RangeChart: Chart {
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

  /// Whether any row has a number.
  public var hasData: Bool { rows.contains { $0.value.isFinite } }

  /// The drawing.
  public func svg(width: Double) -> String {
    let layout = Layout(names: rows.map(\.name), figures: rows.map(figure), width: width)
    let bottom = 8 + Double(rows.count) * layout.step
    var canvas = SVGCanvas(width: width, height: bottom + 26, title: title)
    let values = rows.flatMap { [$0.value, $0.interval?.lowerBound ?? $0.value, $0.interval?.upperBound ?? $0.value] }
    let x = Axis(
      values + (reference.map { [$0] } ?? []), format, from: layout.left, to: layout.right, includesZero: mark == .bar)
    let ticks = x.labels
    let every = max(1, Int((TextWidth.widest(ticks) * Double(ticks.count) / (layout.right - layout.left)).rounded(.up)))
    let bands = layout.bands(rows: rows.count, bottom: bottom)
    func upright(_ value: Double, _ style: String) {
      for band in bands { canvas.line(x(value), band.lowerBound, x(value), band.upperBound, style) }
    }
    for (index, tick) in x.ticks.enumerated() {
      upright(tick, "grid")
      let place = min(max(x(tick), TextWidth.of(ticks[index]) / 2), width - TextWidth.of(ticks[index]) / 2)
      if index % every == 0 { canvas.text(place, bottom + 16, ticks[index], anchor: "middle") }
    }
    if let reference { upright(reference, "reference") }
    for (index, row) in rows.enumerated() {
      draw(row, layout.names[index], top: 8 + Double(index) * layout.step, layout, x, &canvas)
    }
    return canvas.svg
  }

  /// What stands beside a row: its value, the interval, the note.
  private func figure(_ row: Row) -> String {
    let range = mark == .dot ? row.interval.map { " (\(format.text($0)))" } ?? "" : ""
    return "\(format.text(row.value))\(range)\(row.note.isEmpty ? "" : ", \(row.note)")"
  }

  /// Names at the left and figures at the right; above the mark, in one or two lines, where there is no room beside it.
  private struct Layout {
    var left: Double
    var right: Double
    var linesAbove: Int
    var step: Double
    /// The names in lines.
    var names: [[String]]

    /// Where lines from top to bottom may be drawn: not through words.
    func bands(rows: Int, bottom: Double) -> [ClosedRange<Double>] {
      guard linesAbove > 0 else { return [6...max(6, bottom)] }
      return (0..<rows).map { 8 + Double($0) * step + Double(linesAbove) * 15 + 2...(8 + Double($0 + 1) * step) }
    }

    init(names: [String], figures: [String], width: Double) {
      let (name, figure) = (TextWidth.widest(names), TextWidth.widest(figures))
      if width - name - figure > 220 {
        (left, right, linesAbove, step) = (name + 16, width - figure - 14, 0, 22)
        self.names = names.map { [$0] }
      } else {
        let isShort = zip(names, figures).allSatisfy { TextWidth.of($0) + TextWidth.of($1) + 8 <= width }
        self.names = isShort ? names.map { [$0] } : names.map { TextWidth.lines($0, within: width) }
        let lines = isShort ? 1 : (self.names.map(\.count).max() ?? 1) + 1
        (left, right, linesAbove, step) = (10, width - 10, lines, 22 + 15 * Double(lines))
      }
    }
  }

  private func draw(
    _ row: Row, _ name: [String], top: Double, _ layout: Layout, _ x: Axis, _ canvas: inout SVGCanvas
  ) {
    let y = top + Double(layout.linesAbove) * 15 + 10
    let figure = figure(row)
    switch layout.linesAbove {
    case 0:
      canvas.text(layout.left - 10, y + 4, row.name, anchor: "end")
      canvas.text(layout.right + 12, y + 4, figure)
    case 1:
      canvas.text(0, top + 13, row.name, "label over")
      canvas.text(canvas.width, top + 13, figure, anchor: "end", "label over")
    default:
      // Names of fewer lines stand next to their figures.
      let first = top + 15 * Double(layout.linesAbove - 1 - name.count)
      for (number, line) in name.enumerated() {
        canvas.text(0, first + 13 + 15 * Double(number), line, "label over")
      }
      canvas.text(0, top + 15 * Double(layout.linesAbove) - 2, figure, "label soft over")
    }
    guard row.value.isFinite else { return }
    let tip = "\(row.name): \(figure)"
    if mark == .bar {
      let (from, to) = (min(x(0), x(row.value)), max(x(0), x(row.value)))
      canvas.rectangle(from, y - 6, to - from, 12, "fill s0", tip: tip)
    }
    if let interval = row.interval {
      canvas.line(x(interval.lowerBound), y, x(interval.upperBound), y, mark == .bar ? "whisker ink" : "whisker s0")
    }
    if mark == .dot { canvas.circle(x(row.value), y, radius: 4, "dot s0", tip: tip) }
  }
}
