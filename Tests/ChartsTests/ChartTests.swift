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

  @Test("a name stands nearest to its own point, or a line leads to it; none is dropped", arguments: [12, 25, 60])
  func labels(count: Int) {
    // Scattered as reps are: many in the middle.
    let points = (0..<count).map { index -> ScatterChart.Point in
      let (angle, radius) = (Double(index) * 2.4, Double(index) / Double(count))
      return .init("rep_\(index)", x: 0.45 + 0.05 * radius * radius * cos(angle), y: 0.1 + 0.05 * radius * sin(angle))
    }
    for width in [358.0, 720] {
      let dots = points.map { (name: $0.name, x: width * 10 * ($0.x - 0.4), y: 3_000 * ($0.y - 0.05)) }
      let labels = PointLabels(dots, within: Box(x: 0, y: 0, width: width, height: 300), around: [])
      for (dot, label) in zip(dots, labels.labels) {
        guard let label, !label.isLed else { continue }
        let own = label.box.distance(dot.x, dot.y)
        #expect(dots.allSatisfy { $0.name == dot.name || label.box.distance($0.x, $0.y) > own })
      }
      let placed = labels.labels.compactMap { $0?.box }
      #expect(placed.count == count)
      for (index, box) in placed.enumerated() { #expect(!placed[(index + 1)...].contains(where: box.meets)) }
      // Every name is there: beside its point, or in the list.
      let svg = ScatterChart("t", points: points, axes: ("x", "y")).svg(width: width)
      for (index, point) in points.enumerated() {
        #expect(svg.contains(">\(point.name)</text>") || svg.contains(">\(index + 1) \(point.name)</text>"))
      }
    }
  }

  @Test("on a phone no line from top to bottom passes through words, and long names are broken or clipped")
  func words() {
    let long = "An industry with a very long name that goes on and on · Partner · Medium (30-60d)"
    let rows = [long, "short", String(repeating: "x", count: 90)].map {
      RangeChart.Row($0, 0.4, 0.3...0.5, note: "1,234 deals")
    }
    let charts: [any Chart] = [
      RangeChart("t", rows: rows, reference: 0.45),
      SpanChart("t", rows: [.init(long, from: 3, to: 9)], days: 0...10, marks: [(0, "2024Q1"), (5, "2024Q2")]),
      HeatMap("t", rows: [long], columns: [long], cells: [[.init(0.4)]]),
    ]
    for svg in charts.map({ $0.svg(width: 358) }) {
      let lines = svg.matches(
        of: /<line x1="[0-9.]+" y1="([0-9.]+)" x2="[0-9.]+" y2="([0-9.]+)" class="(?:grid|reference)"/
      )
      .compactMap { match in Double(match.1).flatMap { top in Double(match.2).map { (top, $0) } } }
      for match in svg.matches(of: /<text x="[0-9.]+" y="([0-9.]+)"[^>]* class="[^"]*over"[^>]*>([^<]*)</) {
        let baseline = Double(match.1) ?? 0
        #expect(lines.allSatisfy { $0.0 >= baseline || $0.1 <= baseline - 9 }, "\(match.2)")
        #expect(TextWidth.of(String(match.2)) <= 360, "\(match.2)")
      }
    }
    #expect(TextWidth.clipped("abcdefgh", within: 30).hasSuffix("…") && TextWidth.clipped("ab", within: 30) == "ab")
  }

  @Test("where many columns stand close together, the numbers in the bars are thinned as the labels are")
  func bars() {
    let quarters = (0..<60).map { "20\($0 / 4)Q\($0 % 4)" }
    let chart = LineChart(
      "t", labels: quarters, series: [.init("x", quarters.map { _ in .init(0.4) })], bars: quarters.map { _ in 1_234 })
    func numbers(_ width: Double) -> Int { chart.svg(width: width).components(separatedBy: ">1,234</text>").count - 1 }
    #expect((2...10).contains(numbers(358)) && (8...25).contains(numbers(720)))
  }

  @Test("higher values are drawn higher up, and marks are round numbers that hold every value")
  func axis() {
    let axis = Axis([0.412, 0.507], .percent, from: 270, to: 30)
    #expect(axis.low <= 0.412 && axis.high >= 0.507)
    #expect(axis(0.5) < axis(0.42))
    #expect(axis.labels == ["40%", "45%", "50%", "55%"])
    #expect(Axis([5, 12], .number(0), from: 0, to: 1, includesZero: true).low == 0)
  }

  @Test("marks of a small range are told apart, and none of a share lies below 0% or above 100%")
  func smallRanges() {
    for values in [[0.0, 0.0], [0.001, 0.004], [0.995, 1], [0.5, 0.5], [0, 1], [0.499, 0.501]] {
      let axis = Axis(values, .percent, from: 0, to: 100)
      #expect(Set(axis.labels).count == axis.labels.count, "\(axis.labels)")
      #expect(axis.low >= 0 && axis.high <= 1 && axis.low <= values[0] && axis.high >= values[1], "\(axis.labels)")
    }
    #expect(Axis([0, 0], .percent, from: 0, to: 100).labels == ["0.0%", "0.5%", "1.0%"])
    #expect(Axis([0.49, 0.51], .number(1), from: 0, to: 1).labels == ["0.49", "0.50", "0.51"])
    // A difference of shares may be negative.
    #expect(Axis([-0.05, 0.05], .percent, from: 0, to: 1).low < 0)
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
