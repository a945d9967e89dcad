/// A table whose cells are shaded by their values.
public struct HeatMap: Sendable {
  /// A cell.
  public struct Cell: Sendable {
    /// The value.
    public var value: Double
    /// What shows when it is pointed at, besides the value.
    public var note: String

    /// A cell.
    public init(_ value: Double, note: String = "") {
      self.value = value
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

  /// The drawing.
  public var svg: String {
    let height = 34.0
    let width = 500 / Double(max(1, columns.count))
    var canvas = SVGCanvas(width: 640, height: 40 + Double(rows.count) * height, title: title)
    let values = cells.flatMap(\.self).compactMap { $0?.value }
    let (low, high) = (values.min() ?? 0, values.max() ?? 1)
    for (column, name) in columns.enumerated() {
      canvas.text(130 + (Double(column) + 0.5) * width, 22, name, anchor: "middle")
    }
    for (row, name) in rows.enumerated() {
      let y = 30 + Double(row) * height
      canvas.text(122, y + height / 2 + 4, name, anchor: "end")
      for column in columns.indices {
        guard cells.indices.contains(row), cells[row].indices.contains(column), let cell = cells[row][column] else {
          continue
        }
        let shade = high > low ? (cell.value - low) / (high - low) : 0.5
        let x = 130 + Double(column) * width
        canvas.rectangle(
          x, y, width - 2, height - 2, "fill s0",
          tip: "\(name), \(columns[column]): \(format.text(cell.value)) \(cell.note)",
          opacity: 0.08 + 0.5 * shade)
        canvas.text(x + width / 2, y + height / 2 + 4, format.text(cell.value), anchor: "middle")
      }
    }
    return canvas.svg
  }
}
