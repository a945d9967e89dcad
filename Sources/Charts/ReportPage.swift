/// A page of charts that stands by itself: no script, no font and no picture from elsewhere. It follows the reader's choice
/// of light or dark, and prints in black on white.
public struct ReportPage: Sendable {
  /// A part of the page.
  public struct Section: Sendable {
    /// Its heading.
    public var heading: String
    /// What there is to say of it.
    public var text: String
    /// Its drawings.
    public var charts: [String]
    /// A table below: its heads and rows; empty for none.
    public var table: (heads: [String], rows: [[String]])

    /// A section.
    public init(
      _ heading: String, _ text: String = "", charts: [String] = [],
      table: (heads: [String], rows: [[String]]) = ([], [])
    ) {
      self.heading = heading
      self.text = text
      self.charts = charts
      self.table = table
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
    if sections.count > 3 { html += contents }
    for (index, section) in sections.enumerated() { html += Self.html(section, index) }
    return html + "</main>\n</body>\n</html>\n"
  }

  private var contents: String {
    let links = sections.enumerated().map { index, section in
      "<a href=\"#part-\(index)\">\(SVGCanvas.escape(section.heading))</a>"
    }
    return "<nav>\(links.joined(separator: " "))</nav>\n"
  }

  private static func html(_ section: Section, _ index: Int) -> String {
    var html = "<section id=\"part-\(index)\">\n<h2>\(SVGCanvas.escape(section.heading))</h2>\n"
    if !section.text.isEmpty { html += "<p>\(SVGCanvas.escape(section.text))</p>\n" }
    for chart in section.charts { html += "<figure>\(chart)</figure>\n" }
    if !section.table.heads.isEmpty {
      html += "<div class=\"scroll\"><table>\n<tr>"
      html += section.table.heads.map { "<th>\(SVGCanvas.escape($0))</th>" }.joined() + "</tr>\n"
      for row in section.table.rows {
        html += "<tr>\(row.map { "<td>\(SVGCanvas.escape($0))</td>" }.joined())</tr>\n"
      }
      html += "</table></div>\n"
    }
    return html + "</section>\n"
  }

  private static let style = """
    :root{--bg:#fff;--ink:#1b1f24;--soft:#57606a;--grid:#d8dee4;--card:#f6f8fa;
    --c0:#0b62a8;--c1:#c2500a;--c2:#0a7d5a;--c3:#a33f84;--c4:#7a6400;--c5:#4b5563}
    @media (prefers-color-scheme:dark){:root{--bg:#0f141a;--ink:#e6edf3;--soft:#9da7b1;--grid:#2d353e;--card:#171d25;
    --c0:#6cb4ee;--c1:#f2a365;--c2:#5fd3a7;--c3:#e29ccb;--c4:#dcc45f;--c5:#aab4bf}}
    @media print{:root{--bg:#fff;--ink:#000;--soft:#333;--grid:#bbb;--card:#fff;
    --c0:#0b62a8;--c1:#c2500a;--c2:#0a7d5a;--c3:#a33f84;--c4:#7a6400;--c5:#4b5563}
    nav{display:none}section{break-inside:avoid}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
    main{max-width:60rem;margin:0 auto;padding:1.5rem 1rem 4rem}
    h1{font-size:1.75rem;line-height:1.2;margin:0}h2{font-size:1.2rem;margin:2.5rem 0 .25rem}
    p{max-width:46rem;margin:.25rem 0 .75rem}.subtitle{color:var(--soft)}
    nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;font-size:.9rem;margin-top:1rem}a{color:var(--c0)}
    .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1rem 0}
    .figures div{background:var(--card);border:1px solid var(--grid);border-radius:.5rem;padding:.6rem .8rem}
    dt{color:var(--soft);font-size:.85rem}dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}
    figure,.scroll{margin:.75rem 0;overflow-x:auto}
    svg{display:block;width:100%;min-width:34rem;max-width:50rem;height:auto}
    table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
    th,td{text-align:left;padding:.3rem .9rem .3rem 0;border-bottom:1px solid var(--grid);white-space:nowrap}
    .label{font:12px system-ui,sans-serif;fill:var(--ink)}.small{font:9px system-ui,sans-serif;fill:var(--soft)}
    .grid{stroke:var(--grid)}.reference{stroke:var(--c1);stroke-dasharray:4 3}.volume{fill:var(--grid)}
    .line{fill:none;stroke:currentColor;stroke-width:2}.whisker{stroke:currentColor;stroke-width:1.5}
    .dot,.fill{fill:currentColor}.band{fill:currentColor;fill-opacity:.15}.ink{color:var(--ink)}
    .s0{color:var(--c0)}.s1{color:var(--c1)}.s2{color:var(--c2)}.s3{color:var(--c3)}.s4{color:var(--c4)}.s5{color:var(--c5)}
    """
}
