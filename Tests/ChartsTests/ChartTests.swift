import Foundation
#if canImport(FoundationXML)
  import FoundationXML
#endif
import Testing

@testable import Charts

@Suite("Charts are drawn as SVG")
struct ChartTests {
  private var all: [String] {
    [
      LineChart(
        "Win <rate> & volume", labels: ["2023 Q1", "2023 Q2", "2023 Q3"],
        series: [LineChart.Series("all \"deals\"", [.init(0.4, 0.3...0.5), nil, .init(0.5, 0.4...0.6)])],
        bars: [3, 0, 9]
      ).svg,
      LineChart("two", labels: ["a"], series: [.init("x", [.init(1)]), .init("y", [.init(2, 1...3)])]).svg,
      RangeChart(
        "reps", rows: [.init("rep_1", 0.4, 0.3...0.5, note: "12 deals"), .init("rep_2", -0.1)], reference: 0.45
      )
      .svg,
      RangeChart("effects", rows: [.init("industry", 0.02), .init("region", -0.01)], mark: .bar).svg,
      ScatterChart("reps", points: [.init("r", x: 0.4, y: 0.1)], axes: ("win rate", "spread"), guides: (0.45, 0.1)).svg,
      HeatMap("map", rows: ["a", "b"], columns: ["c"], cells: [[.init(0.4)], [nil]]).svg,
    ]
  }

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
    let charts = [
      LineChart("none", labels: [], series: []).svg, LineChart("none", labels: ["a"], series: [.init("x", [nil])]).svg,
      RangeChart("one", rows: [.init("a", 0)]).svg, RangeChart("none", rows: []).svg,
      RangeChart("bad", rows: [.init("a", .nan), .init("b", .infinity)], mark: .bar).svg,
      ScatterChart("none", points: [], axes: ("x", "y")).svg, HeatMap("none", rows: [], columns: [], cells: []).svg,
      HeatMap("flat", rows: ["a"], columns: ["b"], cells: [[.init(0.5)]]).svg,
    ]
    for svg in charts {
      #expect(!svg.contains("nan") && !svg.contains("inf"), "\(svg)")
      #expect(XMLParser(data: Data(svg.utf8)).parse())
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
    page.sections = [.init("Part", "text", charts: all, table: (["head"], [["<cell>"]]))]
    let html = page.html
    #expect(!html.contains("http://") || html.components(separatedBy: "http://").count - 1 == all.count)
    #expect(!html.contains("<script") && !html.contains("<link") && !html.contains("@import"))
    #expect(html.contains("prefers-color-scheme:dark") && html.contains("@media print"))
    #expect(html.contains("A &amp; B") && html.contains("&lt;cell&gt;"))
  }
}
