/// A table whose cells are shaded by their values.
public struct HeatMap: Chart {
  /// A cell.
  public struct Cell: Sendable {
    /// The value.
    public var value: Double
    /// What stands below the value where there is room for it, such as a number of deals.
    public var note: String
    /// Where the true value lies; shown when the cell is pointed at.
    public var interval: ClosedRange<Double>?

    /// A cell.
    public init(_ value: Double, _ interval: ClosedRange<Double>? = nil, note: String = "") {
      self.value = value
      self.interval = interval
      self.note = note
    }
  }

  /// What the chart shows.
  public var title: String
  /// Names of the rows.
  public var rows: [String]
  /// Names of the columns.
  public var columns: [String]
  /// Cells by row and column; nil where there is nothing.
  public var cells: [[Cell?]]
  /// How values are written.
  public var format: ValueFormat

  /// A map.
  public init(
    _ title: String, rows: [String], columns: [String], cells: [[Cell?]], format: ValueFormat = .percent
  ) {
    self.title = title
    self.rows = rows
    self.columns = columns
    self.cells = cells
    self.format = format
  }

  /// Whether any cell has a number.
  public var hasData: Bool { cells.contains { $0.contains { $0?.value.isFinite == true } } }

  /// The drawing.
  public func svg(width: Double) -> String {
    let size = width < 480 ? TextWidth.small : TextWidth.label
    let style = width < 480 ? "small ink" : "label"
    // Cells need the greater part of the room; their own words have the names in full.
    let rows = rows.map { TextWidth.clipped($0, within: width * 0.4, size: size) }
    let columns = columns.map { TextWidth.clipped($0, within: 140, size: size) }
    let left = TextWidth.widest(rows, size: size) + 8
    let column = (width - left) / Double(max(1, columns.count))
    let widest = TextWidth.widest(columns, size: size)
    // Names that do not fit over their columns are turned.
    let turned = widest > column - 4
    let top = turned ? widest * 0.71 + 14 : 26
    var canvas = SVGCanvas(width: width, height: top + Double(rows.count) * 40 + 4, title: title)
    for (index, name) in columns.enumerated() {
      let x = left + (Double(index) + 0.5) * column
      if turned {
        canvas.text(x - 4, top - 6, name, style, turned: -45)
      } else {
        canvas.text(x, top - 8, name, anchor: "middle", style)
      }
    }
    let values = cells.joined().compactMap { $0?.value }.filter(\.isFinite)
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    for (row, name) in rows.enumerated() where cells.indices.contains(row) {
      let y = top + Double(row) * 40
      canvas.text(left - 8, y + 23, name, anchor: "end", style)
      for (index, cell) in zip(columns.indices, cells[row]) {
        guard let cell else { continue }
        let shade = high > low ? (cell.value - low) / (high - low) : 0.5
        draw(
          cell, "\(self.rows[row]), \(self.columns[index])", shade, (left + Double(index) * column, y, column), &canvas)
      }
    }
    return canvas.svg
  }

  private func draw(
    _ cell: Cell, _ name: String, _ shade: Double, _ place: (x: Double, y: Double, width: Double),
    _ canvas: inout SVGCanvas
  ) {
    let range = cell.interval.map { " (\(format.text($0)))" } ?? ""
    let tip = "\(name): \(format.text(cell.value))\(range) \(cell.note)"
    // Not darker: the figures must stay readable, in light and in dark.
    canvas.rectangle(
      place.x, place.y, place.width - 2, 38, "fill s0", tip: tip, opacity: 0.06 + 0.4 * min(1, max(0, shade)))
    let middle = place.x + place.width / 2 - 1
    let fits = !cell.note.isEmpty && TextWidth.of(cell.note, size: TextWidth.small) < place.width - 4
    canvas.text(middle, place.y + (fits ? 17 : 23), format.text(cell.value), anchor: "middle")
    if fits { canvas.text(middle, place.y + 31, cell.note, anchor: "middle", "small ink") }
  }
}
