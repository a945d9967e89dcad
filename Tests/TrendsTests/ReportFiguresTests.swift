import Deals
import Foundation
import TestSupport
import Testing

@testable import Trends

/// The figures of the last reports of a long history against the same figures computed from its deals in another way.
@Suite("The figures of reports, computed in another way") struct ReportFiguresTests {
  private static let story = ReportStory.long(seed: 7)
  private static let reports: [Report] = (try? story.reports("UTC").map(\.report)) ?? []

  /// What had been counted when a report was made, of the days that end with it.
  private func deals(_ report: Report, days: Int) -> [ClosedDeal] {
    Self.story.entries.prefix(Int(report.ledgerOffset)).compactMap(\.added)
      .filter { $0.closedAt < report.to && $0.closedAt >= report.to.adding(days: -days) }
  }

  private func last(_ kind: Report.Kind) throws -> Report { try #require(Self.reports.last { $0.kind == kind }) }

  private func won(_ deals: [ClosedDeal]) -> Int { deals.count { $0.outcome == .won } }

  private func expect(
    _ report: Report, _ name: String, _ value: Double?, within tolerance: Double = 1e-9,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    guard let found = try report.figure(name), let value else {
      #expect(try report.figure(name) == value, "\(name)", sourceLocation: location)
      return
    }
    #expect(abs(found - value) <= tolerance, "\(name): \(found), not \(value)", sourceLocation: location)
  }

  /// Wilson's bounds are the shares from which the seen one lies 1.96 standard errors away.
  private func expectInterval(_ report: Report, _ name: String, _ won: Int, of deals: Int) throws {
    let seen = Double(won) / Double(deals)
    for suffix in ["low", "high"] {
      let bound = try #require(try report.figure("\(name)_\(suffix)"), "\(name)_\(suffix)")
      #expect(suffix == "low" ? bound <= seen : bound >= seen)
      guard bound > 0, bound < 1 else { continue }
      let errors = abs(seen - bound) / (bound * (1 - bound) / Double(deals)).squareRoot()
      #expect(abs(errors - 1.959_963_985) < 1e-6, "\(name)_\(suffix) lies \(errors) standard errors away")
    }
  }

  // MARK: Daily

  @Test("A day's wins, losses and amounts") func daily() throws {
    let report = try last(.daily)
    let own = deals(report, days: 1)
    try #require(!own.isEmpty)
    try expect(report, "won", Double(won(own)))
    try expect(report, "lost", Double(own.count - won(own)))
    try expect(report, "won_amount", own.filter { $0.outcome == .won }.compactMap { $0.amount?.units }.reduce(0, +))
    try expectInterval(report, "win_rate", won(own), of: own.count)
  }

  // MARK: Weekly

  @Test("Chi-square, Cramér's V and levels of every factor, from observed and expected counts") func factors() throws {
    let report = try last(.drivers)
    let year = deals(report, days: 365)
    let share = Double(won(year)) / Double(year.count)
    for dimension in Deals.Dimension.allCases {
      let groups = Dictionary(grouping: year.filter { dimension.value(of: $0) != nil }) { dimension.value(of: $0) }
      try expect(report, "levels_\(dimension.name)", Double(groups.count))
      var chiSquare = 0.0
      for (value, group) in groups {
        for (observed, chance) in [(won(group), share), (group.count - won(group), 1 - share)] {
          let expected = Double(group.count) * chance
          chiSquare += (Double(observed) - expected) * (Double(observed) - expected) / expected
        }
        let name = "\(dimension.name)=\(value?.text ?? "")/year"
        try expect(report, "\(name)_deals", Double(group.count))
        try expect(report, "\(name)_win_rate", Double(won(group)) / Double(group.count))
        try expectInterval(report, "\(name)_win_rate", won(group), of: group.count)
      }
      guard groups.count > 1 else {
        try expect(report, "p_\(dimension.name)", nil)
        continue
      }
      try expect(report, "chi_square_\(dimension.name)", chiSquare, within: 1e-6)
      try expect(report, "cramers_v_\(dimension.name)", (chiSquare / Double(year.count)).squareRoot())
      // With two degrees of freedom the tail is exp(−x/2); with one it is that of the normal distribution.
      if groups.count == 3 { try expect(report, "p_\(dimension.name)", exp(-chiSquare / 2)) }
      if groups.count == 2 { try expect(report, "p_\(dimension.name)", erfc((chiSquare / 2).squareRoot())) }
    }
  }

  /// Holm's adjusted value: the largest, over those not larger, of p times the number of values not below it.
  private func holm(_ p: Double, among all: [Double]) -> Double {
    all.filter { $0 <= p }.map { each in min(1, each * Double(all.count { $0 >= each })) }.max() ?? 1
  }

  @Test("Factors' p values are corrected for looking at all of them") func correctedFactors() throws {
    let report = try last(.drivers)
    let names = Deals.Dimension.allCases.map(\.name)
    let all = try names.compactMap { try report.figure("p_\($0)") }
    #expect(all.count == 5)
    for name in names {
      try expect(report, "p_corrected_\(name)", try report.figure("p_\(name)").map { holm($0, among: all) })
    }
  }

  /// The chance of a departure at least as far, from the single terms of the binomial distribution.
  private func departure(_ won: Int, of deals: Int, from rate: Double) -> Double {
    func term(_ hits: Int) -> Double {
      exp(
        lgamma(Double(deals + 1)) - lgamma(Double(hits + 1)) - lgamma(Double(deals - hits + 1))
          + Double(hits) * log(rate) + Double(deals - hits) * log1p(-rate))
    }
    let (high, low) = ((won...deals).map(term).reduce(0, +), (0...won).map(term).reduce(0, +))
    return min(1, 2 * min(high, low))
  }

  @Test(
    "Combinations of 30 deals and mismatches of 15: which, how many, their rates, intervals and corrected p values",
    arguments: ["best", "worst", "mismatch"])
  func combinations(end: String) throws {
    let report = try last(.drivers)
    let year = deals(report, days: 365)
    let rate = Double(won(year)) / Double(year.count)
    let groups = Dictionary(grouping: year) { deal in
      let rep = deal.descriptors.rep?.text ?? "", industry = deal.descriptors.industry?.text ?? ""
      guard end != "mismatch" else { return "rep=\(rep) and industry=\(industry)" }
      let bucket = CycleBucket(days: deal.cycleDays).name
      return
        "industry=\(industry) and lead_source=\(deal.descriptors.leadSource?.text ?? "") and cycle_bucket=\(bucket)"
    }.filter { $0.value.count >= (end == "mismatch" ? 15 : 30) }
    try expect(report, end == "mismatch" ? "mismatches" : "combinations", Double(groups.count))
    let all = groups.values.map { departure(won($0), of: $0.count, from: rate) }
    let rates = groups.mapValues { Double(won($0)) / Double($0.count) }
    let sorted = rates.values.sorted()
    for rank in 1...(end == "mismatch" ? 5 : 3) {
      let name = "\(end)_\(rank)"
      let label = try #require(report.label(name))
      let group = try #require(groups[label], "\(label)")
      try expect(report, "\(name)_deals", Double(group.count))
      try expect(report, "\(name)_win_rate", rates[label])
      #expect(rates[label] == (end == "best" ? sorted[sorted.count - rank] : sorted[rank - 1]))
      try expectInterval(report, "\(name)_win_rate", won(group), of: group.count)
      let p = departure(won(group), of: group.count, from: rate)
      try expect(report, "\(name)_p", p)
      // Equal p values among the rest can differ in their last digit: counts must not hang on that.
      try expect(report, "\(name)_p_corrected", holm(p - 1e-12, p + 1e-12, all), within: 1e-6)
    }
  }

  private func holm(_ low: Double, _ high: Double, _ all: [Double]) -> Double {
    all.filter { $0 <= high }.map { each in min(1, each * Double(all.count { $0 >= each - (high - low) })) }.max() ?? 1
  }

  @Test("The week against the last and the quarter against the year before it") func againstTheLast() throws {
    let report = try last(.drivers)
    let (year, quarter) = (deals(report, days: 365), deals(report, days: 91))
    let (two, week) = (deals(report, days: 14), deals(report, days: 7))
    func share(_ deals: [ClosedDeal], without part: [ClosedDeal] = []) -> Double {
      Double(won(deals) - won(part)) / Double(deals.count - part.count)
    }
    try expect(report, "week_deals", Double(week.count))
    try expect(report, "last_week_deals", Double(two.count - week.count))
    try expect(report, "week_win_rate", share(week))
    try expect(report, "win_rate_week_change", share(week) - share(two, without: week))
    try expect(report, "win_rate_quarter_change", share(quarter) - share(year, without: quarter))
    let low = try #require(try report.figure("win_rate_quarter_change_low"))
    let high = try #require(try report.figure("win_rate_quarter_change_high"))
    let (now, then) = (Double(quarter.count), Double(year.count - quarter.count))
    // In large samples the interval is near the plain one of two shares.
    let (p, q) = (share(quarter), share(year, without: quarter))
    let half = 1.96 * (p * (1 - p) / now + q * (1 - q) / then).squareRoot()
    #expect(abs(low - (p - q - half)) < 0.005 && abs(high - (p - q + half)) < 0.005)
  }

  @Test("The interval of a difference is that of Newcombe's first example: 56 of 70 against 48 of 80") func newcombe()
    throws
  {
    var (now, then) = (Tally(), Tally())
    (now.won, now.lost, then.won, then.lost) = (56, 14, 48, 32)
    let change = try #require(now.change(from: then))
    #expect(abs(change.difference - 0.2) < 1e-12)
    #expect(abs(change.interval.lowerBound - 0.0524) < 5e-5)
    #expect(abs(change.interval.upperBound - 0.3339) < 5e-5)
    #expect(now.change(from: Tally()) == nil)
  }

  @Test("Pairs that are watched have windows, cycles and amounts of their own, and where and why their deals were lost")
  func watchedPairs() throws {
    var story = ReportStory()
    let start = at("2026-01-05T00:00:00Z")
    for day in 0..<80 {
      story.close(
        start.adding(days: day), day % 4 == 0 ? .won : .lost, rep: "rep_1", industry: "SaaS", cycle: 30,
        reason: day % 2 == 0 ? "Price" : nil)
      story.close(start.adding(days: day), .won, rep: "rep_2", industry: "SaaS", cycle: 10)
    }
    let watched = [SegmentDimensions(.industry), SegmentDimensions(.rep, .industry)]
    let report = try #require(try story.reports(.drivers, watched: watched).last { $0.to <= start.adding(days: 77) })
    let pair = "rep=rep_1 and industry=SaaS"
    let own = report.figures.filter { $0.name.hasPrefix(pair) }
    #expect(try report.figure("\(pair)/deals_13w") == 77)
    #expect(try report.figure("\(pair)/win_rate_4w") == 0.25)
    #expect(try report.figure("\(pair)/cycle_days_mean") == 30)
    #expect(try report.figure("\(pair)/losses_at_Closed") == 57)
    #expect(try report.figure("\(pair)/lost_for/Price") == 19)
    #expect(try report.figure("industry=SaaS/losses_at_Closed") == 57)
    #expect(!own.contains { $0.name.contains("losses_at_Demo") }, "none is left out")
    // Reps alone are not watched here, and lost nothing that would be told.
    #expect(!report.figures.contains { $0.name == "rep=rep_1/win_rate_4w" })
    var writer = JSONWriter()
    writer.report(report)
    #expect(try JSONSchema(file: "report-drivers.schema.json").faults(writer.bytes) == [])
  }

  @Test("However many segments are watched, a drivers report fits into a record") func size() throws {
    var (story, random) = (ReportStory(), Seeded(3))
    let start = at("2026-01-05T00:00:00Z")
    for number in 0..<6_000 {
      story.close(
        start.adding(milliseconds: Int64(number) * 1_000_000), number % 3 == 0 ? .won : .lost,
        rep: Symbol("representative.number.\(random.number(200))@example.com"),
        industry: Symbol("an industry with a long name, number \(random.number(60))"),
        source: Symbol("a lead source with a long name, number \(random.number(60))"), cycle: random.number(120),
        amount: 1_000 / 3, reason: Symbol("a reason in a sentence or two, number \(random.number(50))"))
    }
    story.close(start.adding(days: 70), .won)
    let report = try #require(try story.reports(.drivers, watched: SegmentDimensions.standard).last)
    var writer = JSONWriter()
    writer.report(report)
    #expect(writer.bytes.count < 1_000_000, "\(writer.bytes.count) bytes")
  }

  // MARK: Monthly

  @Test("A month's moves backwards are counted for each rep, and some of them named for an audit") func audit() throws {
    var story = ReportStory()
    story.close(at("2026-03-02T10:00:00Z"), .won)
    story.close(at("2026-03-20T10:00:00Z"), .won, rep: "rep_2")
    story.close(at("2026-04-02T10:00:00Z"), .won)
    var scores: [PipelineNews] = []
    for number in 0..<12 {
      scores.append(.scored(.of("A\(number)", at: at("2026-03-03T10:00:00Z"), stage: .proposal)))
      // Eight go back in March, and one more in April.
      let isBack = number < 9
      let instant = at(number == 8 ? "2026-04-01T09:00:00Z" : "2026-03-10T10:00:00Z")
      scores.append(.scored(.of("A\(number)", at: instant, .stageChange, stage: isBack ? .demo : .negotiation)))
    }
    let cards = try story.reports(.scorecard, scores: scores)
    #expect(cards.map(\.subject) == ["rep_1", "rep_2"])
    #expect(try cards[0].figure("moved_month") == 11 && cards[0].figure("moved_back_month") == 8)
    let audited = cards[0].labels.filter { $0.name.hasPrefix("audit_") }.map(\.value)
    #expect(audited.count == 5 && Set(audited).isSubset(of: (0..<8).map { "A\($0)" }))
    #expect(cards[0].lines.contains { $0.hasPrefix("8 of 11 deals that moved went backwards; to audit") })
    #expect(try cards[1].figure("moved_month") == 0)
    #expect(cards[1].labels.allSatisfy { !$0.name.hasPrefix("audit_") })
    #expect(try story.reports(.scorecard, scores: scores)[0].labels == cards[0].labels)
    for card in cards {
      var writer = JSONWriter()
      writer.report(card)
      #expect(try JSONSchema(file: "report-scorecard.schema.json").faults(writer.bytes) == [])
    }
  }

  @Test("A scorecard: rates, steadiness, quadrant, velocity, trend and partner") func scorecards() throws {
    let period = try last(.scorecard).period
    let cards = Self.reports.filter { $0.kind == .scorecard && $0.period == period }
    #expect(cards.count == 5)
    let year = deals(cards[0], days: 365)
    let team = Double(won(year)) / Double(year.count)
    var indices: [String: Double] = [:]
    for card in cards {
      let own = year.filter { $0.descriptors.rep?.text == card.subject }
      let month = own.filter { $0.closedAt >= card.from }
      try expect(card, "won_month", Double(won(month)))
      try expect(card, "lost_month", Double(month.count - won(month)))
      try expect(card, "win_rate_team", team)
      try expect(card, "win_rate_year", Double(won(own)) / Double(own.count))
      try expectInterval(card, "win_rate_year", won(own), of: own.count)
      try expect(card, "p_team", departure(won(own), of: own.count, from: team))
      try expect(card, "velocity", velocity(own))
      try expect(card, "velocity_team", velocity(year))
      let byQuarter = Dictionary(grouping: own) { quarterOfYear($0.closedAt) }.filter { $0.value.count >= 5 }
      let quarters = byQuarter.sorted { $0.key < $1.key }.map(\.value)
      let rates = quarters.map { Double(won($0)) / Double($0.count) }
      let (n, sum) = (Double(rates.count), rates.reduce(0, +))
      if rates.count > 1 {
        let index = ((rates.reduce(0) { $0 + $1 * $1 } - sum * sum / n) / (n - 1)).squareRoot()
        indices[card.subject ?? ""] = index
        try expect(card, "consistency_index", index)
      }
      let full = byQuarter.filter { $0.key != quarterOfYear(card.to) }.sorted { $0.key < $1.key }.map(\.value)
      if full.count > 2 {
        let (recent, before) = (full.suffix(2).flatMap { $0 }, full.dropLast(2).flatMap { $0 })
        let trend = Double(won(recent)) / Double(recent.count) - Double(won(before)) / Double(before.count)
        try expect(card, "trend_points", trend * 100)
      }
    }
    let sorted = indices.values.sorted()
    let middle = (sorted[sorted.count / 2] + sorted[(sorted.count - 1) / 2]) / 2
    for card in cards {
      let index = try #require(indices[card.subject ?? ""])
      let level = try #require(try card.figure("win_rate_year")) >= team ? "winner" : "below"
      #expect(card.label("quadrant") == "\(index <= middle ? "steady" : "unsteady")_\(level)", "\(card.title)")
      #expect(card.label("pair_with") == partner(card.subject, year), "\(card.title)")
    }
    #expect(cards.contains { $0.label("pair_with") != nil })
  }

  private func velocity(_ deals: [ClosedDeal]) -> Double {
    let each = deals.map { Double($0.amount?.cents ?? 0) / 100 / Double(max(1, $0.cycleDays)) }
    return each.reduce(0, +) / Double(each.count)
  }

  private func quarterOfYear(_ instant: Timestamp) -> String {
    let month = Int("\(instant.day)".dropFirst(5).prefix(2)) ?? 0
    return "\("\(instant.day)".prefix(4))Q\((month + 2) / 3)"
  }

  /// Who wins most where a rep wins least, among those with 15 deals there.
  private func partner(_ rep: String?, _ year: [ClosedDeal]) -> String? {
    let groups = Dictionary(grouping: year) { [$0.descriptors.rep?.text ?? "", $0.descriptors.industry?.text ?? ""] }
      .filter { $0.value.count >= 15 }.mapValues { Double(won($0)) / Double($0.count) }
    guard let weakest = groups.filter({ $0.key[0] == rep }).min(by: { $0.value < $1.value }) else { return nil }
    let there = groups.filter { $0.key[1] == weakest.key[1] && $0.key[0] != rep }
    return there.max { $0.value < $1.value }.flatMap { $0.value > weakest.value ? $0.key[0] : nil }
  }

  // MARK: Model health

  @Test(
    "AUC, Brier score and calibration table of each model, with intervals", arguments: ["weighted-v1", "logistic-v1"])
  func modelHealth(model: String) throws {
    let report = try last(.modelHealth)
    let scored = deals(report, days: 182).compactMap { deal -> (chance: Double, won: Bool)? in
      let own = deal.predictions.first { $0.model.text == model }
      return own.map { ($0.winProbability.value, deal.outcome == .won) }
    }
    try expect(report, "\(model)_deals", Double(scored.count))
    let (won, lost) = (scored.filter(\.won), scored.filter { !$0.won })
    var pairs = 0.0
    for high in won { for low in lost { pairs += high.chance > low.chance ? 1 : high.chance == low.chance ? 0.5 : 0 } }
    let auc = pairs / Double(won.count * lost.count)
    try expect(report, "\(model)_auc", auc)
    // Hanley and McNeil's error is another estimate of the same: the interval must be about as wide.
    let (q1, q2) = (auc / (2 - auc), 2 * auc * auc / (1 + auc))
    let variance =
      (auc * (1 - auc) + Double(won.count - 1) * (q1 - auc * auc) + Double(lost.count - 1) * (q2 - auc * auc))
      / Double(won.count * lost.count)
    let low = try #require(try report.figure("\(model)_auc_low"))
    #expect(abs((auc - low) / (1.96 * variance.squareRoot()) - 1) < 0.1)

    let squares = scored.map { ($0.chance - ($0.won ? 1 : 0)) * ($0.chance - ($0.won ? 1 : 0)) }
    let brier = squares.reduce(0, +) / Double(squares.count)
    try expect(report, "\(model)_brier", brier)
    let spread = squares.reduce(0) { $0 + ($1 - brier) * ($1 - brier) } / Double(squares.count - 1)
    let half = 1.959_963_985 * (spread / Double(squares.count)).squareRoot()
    try expect(report, "\(model)_brier_low", brier - half, within: 1e-8)
    try expect(report, "\(model)_brier_high", brier + half, within: 1e-8)
    let base = Double(won.count) / Double(scored.count)
    try expect(report, "\(model)_brier_base_rate", base * (1 - base))

    let sorted = scored.sorted { $0.chance < $1.chance }
    for row in 1...10 {
      let part = sorted[(sorted.count * (row - 1) / 10)..<(sorted.count * row / 10)]
      let name = "\(model)_calibration_\(row)"
      try expect(report, "\(name)_deals", Double(part.count))
      try expect(report, "\(name)_chance", part.map(\.chance).reduce(0, +) / Double(part.count))
      try expect(report, "\(name)_win_rate", Double(part.count(where: \.won)) / Double(part.count))
      try expectInterval(report, "\(name)_win_rate", part.count(where: \.won), of: part.count)
    }
  }
}
