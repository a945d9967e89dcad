extension ReportPage {
  /// A chart on a page, or the words that stand for it where its data lack.
  public struct Figure: Sendable {
    /// What it shows.
    public let title: String
    /// The words that stand for the drawing; nil where there is one.
    public let words: String?
    /// The drawing for a screen and for print; empty where there are words.
    public let wide: String
    /// The drawing for a phone; for a panel, the only one.
    public let narrow: String
    let isPanel: Bool

    /// The widths of drawings, in pixels: of a screen or a sheet of paper, of a phone, of a panel.
    private static let (screen, phone, panel) = (720.0, 358.0, 300.0)

    /// A chart over the whole width.
    ///
    /// - Parameter lacking: What is said where the chart has no data.
    public init(_ chart: some Chart, lacking: String) {
      self.init(
        chart.title, words: chart.hasData ? nil : lacking, wide: chart.svg(width: Self.screen),
        narrow: chart.svg(width: Self.phone), isPanel: false)
    }

    /// A small chart beside others like it.
    public init(panel chart: some Chart, lacking: String) {
      self.init(
        chart.title, words: chart.hasData ? nil : lacking, wide: "", narrow: chart.svg(width: Self.panel), isPanel: true
      )
    }

    /// Words in a chart's place.
    public init(_ title: String, words: String) {
      self.init(title, words: words, wide: "", narrow: "", isPanel: false)
    }

    private init(_ title: String, words: String?, wide: String, narrow: String, isPanel: Bool) {
      self.title = title
      self.words = words
      self.wide = words == nil ? wide : ""
      self.narrow = words == nil ? narrow : ""
      self.isPanel = isPanel && words == nil
    }

    /// A phone shows one drawing, everything else the other: letters are readable on both without scrolling.
    var html: String {
      if let words {
        return "<p class=\"lacking\"><b>\(SVGCanvas.escape(title)).</b> \(SVGCanvas.escape(words))</p>\n"
      }
      let caption = "<figcaption>\(SVGCanvas.escape(title))</figcaption>"
      if isPanel { return "<figure>\(caption)\(narrow)</figure>\n" }
      return "<figure>\(caption)<div class=\"wide\">\(wide)</div><div class=\"narrow\">\(narrow)</div></figure>\n"
    }
  }
}
