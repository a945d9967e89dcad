import Charts
import Deals
import EngineConfiguration
import Foundation
import Scoring
import Statistics
import Testing

@testable import Replay

@Suite("A history becomes a page")
struct ReportTests {
  /// Closed deals, one a row: won or not, the day of the close, the industry.
  private func page(_ deals: [(won: Bool, day: Int32, industry: String)]) throws -> ReportPage {
    var csv = "deal_id,created_date,closed_date,sales_rep_id,industry,region,product_type,lead_source,deal_stage,"
    csv += "deal_amount,sales_cycle_days,outcome\n"
    for (index, deal) in deals.enumerated() {
      csv += "D\(index),\(Day(number: deal.day - 20)),\(Day(number: deal.day)),rep_\(index % 2),\(deal.industry),"
      csv += "Europe,Core,Partner,Closed,1000,20,\(deal.won ? "Won" : "Lost")\n"
    }
    let file = FileManager.default.temporaryDirectory.appending(path: "report-\(UUID().uuidString).csv")
    try csv.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    let history = try HistoryFiles(paths: [file.path]).read().history
    return HistoryReport(history, [ScoringConfiguration(.weighted)], title: "Page").page
  }

  private func words(_ page: ReportPage, _ title: String) -> String? {
    page.sections.flatMap(\.figures).first { $0.title == title }?.words
  }

  @Test(
    "the page of the reference data has its charts and its figures",
    .enabled(if: ReferenceHistory.isThere, "the reference data is not beside the package"))
  func reference() throws {
    let page = HistoryReport(try ReferenceHistory.load(), [ScoringConfiguration(.weighted)], title: "Reference").page
    let html = page.html
    for heading in [
      "Summary", "Win rate and volume by quarter", "Industries over time", "Lead sources over time", "Velocity",
      "Trend shifts", "Reps", "Consistency", "Cycle length against win rate", "Regions and industries",
      "Driver effect sizes", "Best and worst combinations", "weighted-v1: verdict", "weighted-v1: tiers",
      "weighted-v1: score distribution", "weighted-v1: calibration and lift",
    ] {
      #expect(page.sections.contains { $0.heading == heading }, "\(heading)")
    }
    #expect(page.sections.flatMap(\.figures).allSatisfy { $0.words == nil })
    #expect(html.contains("3,082 deals") && html.contains("1,918 deals"))
    #expect(!html.lowercased().contains("nan"))
    try figures(page, ReferenceHistory.rows("skygeni_sales_data.csv"))
    try drivers(html)
  }

  /// Counts the CSV's columns by themselves: 2 is the close, 4 the industry, 5 the region, 9 the amount, 11 the outcome.
  private func figures(_ page: ReportPage, _ rows: [[String]]) throws {
    let html = page.html
    let won = rows.filter { $0[11] == "Won" }
    func dollars(_ rows: [[String]]) -> Int { Int(rows.compactMap { Double($0[9]) }.reduce(0, +).rounded()) }
    #expect(
      page.figures.map(\.value).prefix(4) == [
        Figures.count(rows.count), "45.3%", "$\(Figures.count(dollars(won)))",
        "$\(Figures.count(dollars(rows.filter { $0[11] == "Lost" })))",
      ])
    func rate(_ part: [[String]]) -> String {
      ValueFormat.percent.text(Double(part.count { $0[11] == "Won" }) / Double(part.count))
    }
    for (region, part) in Dictionary(grouping: rows, by: { $0[5] }) {
      for (industry, cell) in Dictionary(grouping: part, by: { $0[4] }) {
        #expect(html.contains("\(region), \(industry): \(rate(cell)) ("), "\(region) \(industry)")
      }
    }
    let second = rows.filter { ("2023-04-01"..."2023-06-30").contains($0[2]) }
    #expect(html.contains("win rate, 2023Q2: \(rate(second)) ("))
    #expect(html.contains("EdTech, 2023Q2: \(rate(second.filter { $0[4] == "EdTech" })) ("))
    #expect(html.contains("Partner, 2023Q2: \(rate(second.filter { $0[7] == "Partner" })) ("))
    let velocities = second.filter { $0[11] == "Won" }.compactMap { row in
      Double(row[9]).flatMap { amount in Double(row[10]).map { amount / $0 } }
    }
    let velocity = velocities.reduce(0, +) / Double(velocities.count)
    #expect(html.contains("won, 2023Q2: \(ValueFormat.number(0).text(velocity)) ("))
    let short = rows.filter { (Int($0[10]) ?? 99) <= 30 }
    #expect(html.contains("Fast (0-30d): \(rate(short)) ("))
  }

  /// What pandas and SciPy computed of the same data.
  private func drivers(_ html: String) throws {
    let data = try Data(contentsOf: ReferenceHistory.folder.appending(path: "reference.json"))
    let json = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    let strengths = try #require(json["cramers_v"] as? [String: Double])
    let chances = try #require(json["p_values"] as? [String: Double])
    for (name, key) in [("cycle length", "cycle_bucket"), ("industry", "industry"), ("stage reached", "deal_stage")] {
      let (v, p) = (try #require(strengths[key]), try #require(chances[key]))
      #expect(html.contains("\(name): \(Figures.share(v, 3)), p \(Figures.share(p, 3)),"), "\(name)")
    }
    for list in ["best_combinations", "worst_combinations"] {
      for item in try #require(json[list] as? [[String: Any]]) {
        let names = ["industry", "lead_source", "cycle_bucket"].compactMap { item[$0] as? String }
        let rate = try #require(item["win_rate"] as? Double)
        let text = "\(names.joined(separator: " · ")): \(ValueFormat.percent.text(rate)) ("
        #expect(html.contains(text), "\(text)")
      }
    }
    let rep = try #require(json["rep_21"] as? [String: Double])
    let rate = ValueFormat.percent.text(rep["win_rate"] ?? .nan)
    #expect(html.contains("rep_21: \(rate) ("))
    let spread = ValueFormat.percent.text(rep["consistency_index"] ?? .nan)
    #expect(html.contains("rep_21: win rate \(rate), spread of quarterly win rates \(spread)"))
  }

  @Test("amounts bear the base currency, and deals whose currency has no rate are told")
  func currencies() throws {
    let changes = RandomLives.changes(600, deals: 60, seed: 3)
    var euros = ScoringConfiguration(.weighted)
    euros.currencies = CurrencyTable(base: try #require(Currency("EUR")), rates: [.usd: 0.9])
    let page = HistoryReport(DealHistory(changes), [euros], title: "t").page
    #expect(page.figures.contains { $0.name == "Won" && $0.value.hasPrefix("EUR ") })
    #expect(!page.html.contains("$") && !page.html.contains("without a rate"))
    euros.currencies.rates = [:]
    let unknown = HistoryReport(DealHistory(changes), [euros], title: "t").page
    #expect(
      unknown.sections.first?.points.contains { $0.contains("have amounts in a currency without a rate") } == true)
  }

  @Test("a score stands among those that are told alike: 53.96 is told as 54.0")
  func roundedScores() {
    let report = SkillReport(forecasts: [0.4604, 0.4606, 0, 1].map { Forecast(chance: $0, isWon: true) })
    #expect(report.distribution.filter { $0.deals > 0 }.map(\.points) == [0, 53, 54, 100])
    #expect(
      ModelSections.scoreGroups([(points: 53, deals: 1), (points: 54, deals: 1)]).map(\.name) == [
        "53.0–53.9", "54.0–54.9",
      ])
    #expect(
      ModelSections.scoreGroups([(points: 99, deals: 1), (points: 100, deals: 1)]).map(\.name) == ["99.0–99.9", "100"])
  }

  @Test("an empty history gives a page that says so")
  func empty() {
    let page = HistoryReport(DealHistory([]), [ScoringConfiguration(.weighted)], title: "Empty").page
    #expect(page.sections.map(\.heading) == ["Nothing to show"])
    #expect(!page.html.contains("NaN") && !page.html.contains("<svg"))
  }

  @Test("where every deal was won, what tells won from lost is said in words")
  func oneOutcome() throws {
    let deals = (0..<60).map { index -> (won: Bool, day: Int32, industry: String) in
      let industry = index % 2 == 0 ? "SaaS" : "EdTech"
      return (won: true, day: 19_400 + 5 * Int32(index), industry: industry)
    }
    let page = try page(deals)
    #expect(words(page, "Effect of each property on the outcome")?.contains("All 60 deals were won") == true)
    #expect(words(page, "AUC by quarter, point-in-time") == "No quarter has both won and lost deals.")
    #expect(words(page, "Lift by tenth")?.isEmpty == false)
    #expect(!page.html.lowercased().contains("nan"))
  }

  @Test("where all deals closed in one quarter, nothing is drawn over time")
  func oneQuarter() throws {
    let deals = (0..<60).map { index -> (won: Bool, day: Int32, industry: String) in
      return (won: index % 3 == 0, day: 19_725 + Int32(index), industry: "SaaS")
    }
    let page = try page(deals)
    for title in [
      "Win rate and closed deals by quarter", "Win rate by industry and quarter", "Velocity by quarter and outcome",
      "AUC by quarter, point-in-time",
    ] {
      #expect(words(page, title)?.contains("closed in one quarter, 2024") == true, "\(title)")
    }
    #expect(words(page, "Reps by win rate and consistency")?.contains("no spread to draw") == true)
    #expect(!page.html.lowercased().contains("nan"))
  }

  @Test("a win rate that falls for good stands among the shifts, for the worse")
  func shift() throws {
    let deals = (0..<800).map { index -> (won: Bool, day: Int32, industry: String) in
      let wonOfTen = index < 400 ? 7 : 1
      return (won: index % 10 < wonOfTen, day: 19_000 + Int32(index), industry: "SaaS")
    }
    let page = try page(deals)
    let section = try #require(page.sections.first { $0.heading == "Trend shifts" })
    let figure = try #require(section.figures.first)
    #expect(figure.words == nil)
    #expect(figure.wide.contains("the win rate fell") && figure.wide.contains("span s1"))
  }

  @Test("few far scores stand together at either end")
  func scoreGroups() {
    let near = (50...59).map { (points: $0, deals: 100) }
    let far = [(points: 0, deals: 2)] + (1..<50).map { (points: $0, deals: 0) } + near + [(points: 60, deals: 1)]
    let groups = ModelSections.scoreGroups(far)
    #expect(groups.map(\.name).first == "below 50" && groups.map(\.name).last == "60 and more")
    #expect(groups.count == 12 && groups.reduce(0) { $0 + $1.deals } == 1_003)
    #expect(ModelSections.scoreGroups([]).isEmpty)
  }

  @Test("the mean of a few values has the interval of the normal approximation")
  func mean() throws {
    let point = try #require(Mean.point([1, 2, 3]))
    let interval = try #require(point.interval)
    #expect(point.value == 2 && abs(interval.upperBound - (2 + 1.959964 / 3.0.squareRoot())) < 1e-5)
    #expect(Mean.point([])?.value == nil && Mean.point([4])?.interval == nil)
    #expect(Mean.median([3, 1, 2, 10]) == 2.5)
  }
}
