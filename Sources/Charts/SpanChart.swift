/// Stretches of time one below the other on a common time line: what began when, and when it was over.
public struct SpanChart: Chart {
  /// Whether a stretch is good or bad news.
  public enum Tone: Int, Sendable {
    /// Neither.
    case plain
    /// Worse than before.
    case worse
    /// Better than before.
    case better
  }

  /// A stretch of time.
  public struct Row: Sendable {
    /// What it is, above the stretch.
    public var name: String
    /// Its beginning, in days.
    public var from: Double
    /// Its end, in days; nil where it lasts.
    public var to: Double?
    /// The day on which it was told, a dot; nil for none.
    public var toldOn: Double?
    /// The days between which it began.
    public var began: ClosedRange<Double>?
    /// Its colour.
    public var tone: Tone
    /// What shows when it is pointed at.
    public var note: String

    /// A row.
    public init(
      _ name: String, from: Double, to: Double?, toldOn: Double? = nil, began: ClosedRange<Double>? = nil,
      tone: Tone = .plain, note: String = ""
    ) {
      self.name = name
      self.from = from
      self.to = to
      self.toldOn = toldOn
      self.began = began
      self.tone = tone
      self.note = note
    }
  }

  /// What the chart shows.
  public var title: String
  /// The rows, from the top.
  public var rows: [Row]
  /// The first and the last day of the time line.
  public var days: ClosedRange<Double>
  /// Days with their labels, such as beginnings of quarters.
  public var marks: [(day: Double, label: String)]

  /// A chart.
  public init(_ title: String, rows: [Row], days: ClosedRange<Double>, marks: [(day: Double, label: String)]) {
    self.title = title
    self.rows = rows
    self.days = days
    self.marks = marks
  }

  /// Whether there is any stretch.
  public var hasData: Bool { !rows.isEmpty }

  /// The drawing.
  public func svg(width: Double) -> String {
    let texts = rows.map { TextWidth.lines($0.name, within: width - 8) }
    let heights = texts.map { Double($0.count) * 14 + 22 }
    let bottom = heights.reduce(8, +)
    var canvas = SVGCanvas(width: width, height: bottom + 24, title: title)
    let length = max(1, days.upperBound - days.lowerBound)
    let x = { (day: Double) in
      4 + (min(max(day, self.days.lowerBound), self.days.upperBound) - self.days.lowerBound) / length * (width - 20)
    }
    var top = 8.0
    let bands = heights.map { height in
      defer { top += height }
      return (top + height - 20)...(top + height - 4)
    }
    drawMarks(x, bands, bottom, &canvas)
    top = 8
    for (index, row) in rows.enumerated() {
      for (number, line) in texts[index].enumerated() {
        canvas.text(4, top + 12 + Double(number) * 14, line, "label over")
      }
      draw(row, y: top + heights[index] - 13, x, &canvas)
      top += heights[index]
    }
    return canvas.svg
  }

  /// The lines stand beside the stretches, and not in the words above them.
  private func drawMarks(
    _ x: (Double) -> Double, _ bands: [ClosedRange<Double>], _ bottom: Double, _ canvas: inout SVGCanvas
  ) {
    var free = 0.0
    for mark in marks where days.contains(mark.day) {
      let place = x(mark.day)
      for band in bands { canvas.line(place, band.lowerBound, place, band.upperBound, "grid") }
      let wide = TextWidth.of(mark.label)
      guard place >= free, place + wide <= canvas.width else { continue }
      canvas.text(place, bottom + 16, mark.label)
      free = place + wide + 6
    }
  }

  private func draw(_ row: Row, y: Double, _ x: (Double) -> Double, _ canvas: inout SVGCanvas) {
    let style = row.tone == .worse ? "s1" : row.tone == .better ? "s2" : "s0"
    let (from, to) = (x(row.from), x(row.to ?? days.upperBound))
    canvas.rectangle(from, y - 5, max(3, to - from), 10, "span \(style)", tip: row.note)
    // An arrow for what lasts.
    if row.to == nil { canvas.area([(to, y - 7), (to + 10, y), (to, y + 7)], "fill \(style)") }
    if let began = row.began, began.upperBound > began.lowerBound {
      canvas.line(x(began.lowerBound), y, x(began.upperBound), y, "whisker \(style)")
    }
    if let toldOn = row.toldOn { canvas.circle(x(toldOn), y, radius: 4, "dot \(style)", tip: row.note) }
  }
}
