extension ReportPage {
  /// Figures in rows, each row with a name in its first cell.
  public struct Table: Sendable {
    /// How it is set.
    public enum Layout: String, Sendable {
      /// A few columns, as they are everywhere.
      case plain
      /// On a phone each row becomes a block, every figure with the head of its column.
      case blocks
      /// Many columns of short figures, close together everywhere.
      case dense
    }

    /// What it shows; empty where the section says so.
    public var title: String
    /// The heads of the columns, that of the names first.
    public var heads: [String]
    /// The rows. A line feed in a cell begins a line.
    public var rows: [[String]]
    /// How it is set.
    public var layout: Layout

    /// A table.
    public init(_ title: String = "", heads: [String], rows: [[String]], layout: Layout = .plain) {
      self.title = title
      self.heads = heads
      self.rows = rows
      self.layout = layout
    }

    var html: String {
      var html = "<div class=\"scroll\"><table class=\"\(layout.rawValue)\">\n"
      if !title.isEmpty { html += "<caption>\(SVGCanvas.escape(title))</caption>\n" }
      html += "<thead><tr>"
      html += heads.map { "<th scope=\"col\">\(Self.lines($0))</th>" }.joined() + "</tr></thead>\n<tbody>\n"
      for row in rows {
        html += "<tr>"
        for (index, cell) in row.enumerated() {
          if index == 0 {
            html += "<th scope=\"row\">\(Self.lines(cell))</th>"
          } else {
            let head = heads.indices.contains(index) ? heads[index] : ""
            html += "<td data-head=\"\(SVGCanvas.escape(head))\">\(Self.lines(cell))</td>"
          }
        }
        html += "</tr>\n"
      }
      return html + "</tbody>\n</table></div>\n"
    }

    private static func lines(_ text: String) -> String {
      text.split(separator: "\n", omittingEmptySubsequences: false).map { SVGCanvas.escape(String($0)) }
        .joined(separator: "<br>")
    }
  }
}
