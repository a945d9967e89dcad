/// A page of charts that stands by itself: no script, no font and no picture from elsewhere. It follows the reader's choice
/// of light or dark, fits a phone, and prints in black on white.
public struct ReportPage: Sendable {
  /// A part of the page.
  public struct Section: Sendable {
    /// Its heading.
    public var heading: String
    /// What there is to say of it.
    public var text: String
    /// Findings, one a line.
    public var points: [String]
    /// Its drawings.
    public var figures: [Figure]
    /// Tables below.
    public var tables: [Table]

    /// A section.
    public init(
      _ heading: String, _ text: String = "", points: [String] = [], figures: [Figure] = [],
      tables: [Table] = []
    ) {
      self.heading = heading
      self.text = text
      self.points = points
      self.figures = figures
      self.tables = tables
    }
  }

  /// The title.
  public var title: String
  /// One line below the title.
  public var subtitle: String
  /// The figures at the top: a name and a value each.
  public var figures: [(name: String, value: String)]
  /// The parts.
  public var sections: [Section]

  /// A page.
  public init(
    title: String, subtitle: String, figures: [(name: String, value: String)] = [], sections: [Section] = []
  ) {
    self.title = title
    self.subtitle = subtitle
    self.figures = figures
    self.sections = sections
  }

  /// The page as HTML.
  public var html: String {
    let title = SVGCanvas.escape(title)
    var html = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
    html += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    html += "<title>\(title)</title>\n<style>\n\(Self.style)\n</style>\n</head>\n<body>\n<main>\n"
    html += "<h1>\(title)</h1>\n<p class=\"subtitle\">\(SVGCanvas.escape(subtitle))</p>\n"
    if !figures.isEmpty {
      html += "<dl class=\"figures\">\n"
      for figure in figures {
        html += "<div><dt>\(SVGCanvas.escape(figure.name))</dt><dd>\(SVGCanvas.escape(figure.value))</dd></div>\n"
      }
      html += "</dl>\n"
    }
    // The first part is what a reader wants to know at once; where to find the rest stands below it.
    for (index, section) in sections.enumerated() {
      html += Self.html(section, index)
      if index == 0, sections.count > 3 { html += contents }
    }
    return html + "</main>\n</body>\n</html>\n"
  }

  private var contents: String {
    let links = sections.enumerated().dropFirst().map { index, section in
      "<a href=\"#part-\(index)\">\(SVGCanvas.escape(section.heading))</a>"
    }
    return "<nav aria-label=\"Contents\">\n\(links.joined(separator: "\n"))\n</nav>\n"
  }

  private static func html(_ section: Section, _ index: Int) -> String {
    var html = "<section id=\"part-\(index)\">\n<h2>\(SVGCanvas.escape(section.heading))</h2>\n"
    if !section.text.isEmpty { html += "<p>\(SVGCanvas.escape(section.text))</p>\n" }
    if !section.points.isEmpty {
      html += "<ul>\n\(section.points.map { "<li>\(SVGCanvas.escape($0))</li>\n" }.joined())</ul>\n"
    }
    html += Self.html(section.figures)
    return html + section.tables.map(\.html).joined() + "</section>\n"
  }

  /// Panels that follow one another stand side by side.
  private static func html(_ figures: [Figure]) -> String {
    var html = ""
    var isInPanels = false
    for figure in figures {
      if figure.isPanel != isInPanels { html += isInPanels ? "</div>\n" : "<div class=\"panels\">\n" }
      isInPanels = figure.isPanel
      html += figure.html
    }
    return html + (isInPanels ? "</div>\n" : "")
  }
}
