import Foundation
#if canImport(FoundationXML)
  import FoundationXML
#endif
import Testing

@testable import Charts

@Suite("Charts are drawn as SVG")
struct ChartTests {
  private var charts: [any Chart] {
    [
      LineChart(
        "Win <rate> & volume", labels: ["2023 Q1", "2023 Q2", "2023 Q3"],
        series: [LineChart.Series("all \"deals\"", [.init(0.4, 0.3...0.5), nil, .init(0.5, 0.4...0.6)])],
        reference: [0.4, nil, 0.5], bars: [3, 0, 9]
      ),
      LineChart("two", labels: ["a"], series: [.init("x", [.init(1)]), .init("y", [.init(2, 1...3)])]),
      RangeChart(
        "reps", rows: [.init("rep_1", 0.4, 0.3...0.5, note: "12 deals"), .init("rep_2", -0.1)], reference: 0.45),
      RangeChart("effects", rows: [.init("industry", 0.02), .init("region", -0.01)], mark: .bar),
      ScatterChart(
        "reps", points: [.init("r", x: 0.4, y: 0.1)], axes: ("win rate", "spread"), guides: (0.45, 0.1),
        quadrants: .init(topLeft: "<a>", topRight: "b", bottomLeft: "c", bottomRight: "d")),
      HeatMap("map", rows: ["a", "b"], columns: ["c"], cells: [[.init(0.4, note: "9 deals")], [nil]]),
      SpanChart(
        "shifts",
        rows: [.init("fell & rose", from: 3, to: 9, toldOn: 5, began: 1...4), .init("lasts", from: 8, to: nil)],
        days: 0...10, marks: [(0, "2024Q1"), (90, "2024Q2")]),
    ]
  }

  private var all: [String] { charts.flatMap { [$0.svg(width: 300), $0.svg(width: 720)] } }

  @Test("every chart is well-formed XML with a title for screen readers")
  func wellFormed() throws {
    for svg in all {
      let parser = XMLParser(data: Data(svg.utf8))
      #expect(parser.parse(), "\(svg)")
      #expect(svg.contains("role=\"img\"") && svg.contains("<title>"))
    }
    #expect(all[0].contains("Win &lt;rate&gt; &amp; volume"))
  }

  @Test("nothing to draw, one value, and values that are no numbers draw no NaN")
  func edges() {
    let none: [any Chart] = [
      LineChart("none", labels: [], series: []), LineChart("none", labels: ["a"], series: [.init("x", [nil])]),
      RangeChart("none", rows: []), RangeChart("bad", rows: [.init("a", .nan), .init("b", .infinity)], mark: .bar),
      ScatterChart("none", points: [], axes: ("x", "y")), HeatMap("none", rows: [], columns: [], cells: []),
      SpanChart("none", rows: [], days: 0...0, marks: []),
    ]
    let some: [any Chart] = [
      RangeChart("one", rows: [.init("a", 0)]), HeatMap("flat", rows: ["a"], columns: ["b"], cells: [[.init(0.5)]]),
      SpanChart("moment", rows: [.init("a", from: 5, to: 5)], days: 5...5, marks: []),
    ]
    for chart in none { #expect(!chart.hasData, "\(chart.title)") }
    for chart in some { #expect(chart.hasData, "\(chart.title)") }
    for svg in (none + some).map({ $0.svg(width: 358) }) {
      #expect(!svg.contains("nan") && !svg.contains("inf"), "\(svg)")
      #expect(XMLParser(data: Data(svg.utf8)).parse())
    }
  }

  @Test("a chart without data is said in words, and draws no frame")
  func lacking() {
    let figure = ReportPage.Figure(RangeChart("Reps", rows: []), lacking: "No deal has a <rep>.")
    let page = ReportPage(title: "t", subtitle: "s", sections: [.init("Part", figures: [figure])])
    #expect(page.html.contains("<b>Reps.</b> No deal has a &lt;rep&gt;."))
    #expect(!page.html.contains("<svg"))
  }

  @Test("on a time line a stretch lies between its days, what lasts runs to the end with an arrow")
  func spans() {
    let chart = SpanChart(
      "t", rows: [.init("a", from: 25, to: 75), .init("b", from: 50, to: nil, tone: .worse)], days: 0...100, marks: [])
    let svg = chart.svg(width: 220)
    // 4 pixels at the left, 200 for the hundred days.
    #expect(svg.contains("<rect x=\"54\"") && svg.contains("width=\"100\" height=\"10\" class=\"span s0\""))
    #expect(svg.contains("<rect x=\"104\"") && svg.contains("class=\"span s1\""))
    #expect(svg.components(separatedBy: "class=\"fill s1\"").count == 2)
  }

  @Test("names of points never lie on one another")
  func labels() {
    let points = (0..<40).map { ScatterChart.Point("rep_\($0)", x: Double($0 % 7), y: Double($0 % 5)) }
    let svg = ScatterChart("t", points: points + points, axes: ("x", "y")).svg(width: 358)
    let placed = svg.matches(of: /<text x="([0-9.]+)" y="([0-9.]+)" text-anchor="start" class="small over">(rep_\d+)</)
      .map { (x: Double($0.1) ?? 0, y: Double($0.2) ?? 0, width: TextWidth.of(String($0.3), size: TextWidth.small)) }
    #expect(placed.count > 5)
    for (index, left) in placed.enumerated() {
      for right in placed[(index + 1)...] {
        let meets =
          left.x < right.x + right.width - 0.2 && right.x < left.x + left.width - 0.2 && abs(left.y - right.y) < 10.8
        #expect(!meets, "\(left) \(right)")
      }
    }
  }

  @Test("higher values are drawn higher up, and marks are round numbers that hold every value")
  func axis() {
    let axis = Axis([0.412, 0.507], from: 270, to: 30)
    #expect(axis.low <= 0.412 && axis.high >= 0.507)
    #expect(axis(0.5) < axis(0.42))
    #expect(axis.ticks.map { ValueFormat.percent.text($0) } == ["40%", "45%", "50%", "55%"])
    #expect(Axis([5, 12], from: 0, to: 1, includesZero: true).low == 0)
  }

  @Test("values are written with grouped digits and fixed decimals")
  func format() {
    #expect(ValueFormat.number(0).text(1_234_567) == "1,234,567")
    #expect(ValueFormat.number(2).text(-0.5) == "-0.50")
    #expect(ValueFormat.number(3).text(-0.0001) == "0.000")
    #expect(ValueFormat.percent.text(0.4526) == "45%")
    #expect(ValueFormat.percent.text(.nan) == "–")
  }

  @Test("a page loads nothing from elsewhere, knows dark and print, and escapes its texts")
  func page() {
    var page = ReportPage(title: "A & B", subtitle: "<now>", figures: [("deals", "5,000")])
    let figures = charts.map { ReportPage.Figure($0, lacking: "nothing") }
    page.sections = [
      .init("Part", "text", points: ["<point>"], figures: figures, tables: [.init(heads: ["head"], rows: [["<cell>"]])])
    ]
    let html = page.html
    #expect(!html.replacing("http://www.w3.org/2000/svg", with: "").contains("://"))
    // Each chart stands there for a screen and for a phone.
    #expect(html.components(separatedBy: "<svg").count - 1 == 2 * charts.count)
    #expect(!html.contains("<script") && !html.contains("<link") && !html.contains("@import"))
    #expect(html.contains("prefers-color-scheme:dark") && html.contains("@media print"))
    #expect(html.contains("A &amp; B") && html.contains("&lt;cell&gt;") && html.contains("&lt;point&gt;"))
  }
}
