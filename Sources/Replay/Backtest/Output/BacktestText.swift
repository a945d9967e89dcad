import Deals

extension Backtest {
  /// The report for people, as plain text: what the scores are worth over all.
  public var text: String { text(details: false) }

  /// The report for people.
  ///
  /// - Parameter details: Whether the figures of each part stand there too: by quarter, age and segment.
  public func text(details: Bool) -> String {
    var lines = [history] + remarks
    if closedDeals == 0 { lines.append("Nothing can be judged: no deal of the history is closed.") }
    if let line = truthLine { lines.append(line) }
    for model in models {
      lines.append("")
      lines += Self.text(of: model, details: details)
    }
    if !details, closedDeals > 0, !models.isEmpty {
      lines += ["", "By quarter, age and segment: --details, or --format json or html"]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  var truthLine: String? {
    guard let report = truth?.report else { return nil }
    guard let auc = report.auc else { return "The true chances: \(report.gap ?? "there are none")" }
    guard let interval = Self.interval(report.aucInterval) else {
      return "The true chances: AUC \(Figures.share(auc, 3)), but \(report.intervalGap ?? "without an interval")"
    }
    return "The true chances: AUC \(Figures.share(auc, 3)) (\(interval)); no model can be expected to do better"
  }

  private var history: String {
    var line = "\(Figures.count(closedDeals)) closed deals"
    if closedDeals > 0 {
      line += ", \(Figures.count(wonDeals)) won (\(Figures.percent(Double(wonDeals) / Double(closedDeals))))"
    }
    if let closes { line += ", closed \(closes.lowerBound.day) to \(closes.upperBound.day)" }
    return openDeals > 0 ? line + "; \(Figures.count(openDeals)) still open" : line
  }

  /// What else a reader should know of the history.
  var remarks: [String] {
    var lines: [String] = []
    if changedAfterClose > 0 {
      let deals = changedAfterClose == 1 ? "1 closed deal" : "\(Figures.count(changedAfterClose)) closed deals"
      lines.append("\(deals) changed afterwards (amended, reopened or deleted): the last outcome counts")
    }
    if unknownCurrencies > 0 { lines.append(DealLives.words(unknownCurrencies: unknownCurrencies)) }
    return lines
  }

  private static func text(of model: ModelBacktest, details: Bool) -> [String] {
    var lines = ["== \(model.title)", "Verdict: \(model.verdict.sentence)"]
    if model.pointInTime.deals == 0 { return lines }
    if let leak = model.verdict.leak { lines.append("Leak check: \(leak)") }
    lines += ["", row("", model.sides.map(\.name), first: 26)]
    lines += figures(model)
    if model.neverPublished > 0 {
      lines.append(
        "\(Figures.deals(model.neverPublished)) were first seen when they closed: nothing was published")
    }
    lines += ["", "Tiers, in-sample (scored with their own outcomes: no measure of skill)"]
    lines += tiers(model.inSample)
    lines += ["", "Tiers, point-in-time"] + tiers(model.pointInTime)
    lines += ["", "Tiers, as published"] + tiers(model.published)
    lines += ["", "Calibration, point-in-time"] + calibration(model.pointInTime)
    lines += ["", "Lift by tenth, riskiest first, point-in-time"]
    lines.append("  " + model.pointInTime.lift.map { Figures.share($0) }.joined(separator: "  "))
    guard details else { return lines }
    for (table, inSample) in zip(model.slices, model.inSampleSlices) { lines += slices(table, inSample) }
    if let ages = model.publishedSlices.first(where: { $0.name == "age" }) {
      lines += slices(ages, nil, side: "as published: age at the score")
    }
    return lines
  }

  private static func figures(_ model: ModelBacktest) -> [String] {
    func line(_ name: String, _ value: (SkillReport) -> String?) -> String {
      row(name, model.sides.map { value($0.report) ?? "–" }, first: 26)
    }
    var lines = [
      line("deals") { Figures.count($0.deals) },
      line("AUC") { $0.auc.map { Figures.share($0, 3) } },
      line("  95% interval") { interval($0.aucInterval) },
      line("average precision (lost)") { $0.averagePrecision.map { Figures.share($0, 3) } },
      line("  by chance") { $0.winRate.map { Figures.share(1 - $0, 3) } },
      line("Brier score") { $0.brier.map { Figures.share($0.score, 4) } },
      line("  reliability") { $0.brier.map { Figures.share($0.reliability, 4) } },
      line("  resolution") { $0.brier.map { Figures.share($0.resolution, 4) } },
      line("  uncertainty") { $0.brier.map { Figures.share($0.uncertainty, 4) } },
      line("  within groups") { $0.brier.map { Figures.share($0.withinGroups, 4) } },
      line("log loss") { $0.logLoss.map { Figures.share($0, 4) } },
    ]
    if let words = SkillWords.certainAndWrong(model) { lines.append(words) }
    for (name, report) in model.sides { if let gap = report.gap { lines.append("no AUC \(name): \(gap)") } }
    return lines
  }

  private static func tiers(_ report: SkillReport) -> [String] {
    report.tiers.map { tier in
      row(
        "  " + tier.tier.name,
        ["\(Figures.deals(tier.deals))", "\(Figures.percent(tier.winRate)) won", interval(tier.interval) ?? "–"],
        first: 14)
    }
  }

  private static func calibration(_ report: SkillReport) -> [String] {
    report.calibration.map { bin in
      row(
        "  said \(Figures.percent(bin.chance))",
        ["was \(Figures.percent(bin.winRate))", "\(Figures.deals(bin.deals))"], first: 14)
    }
  }

  /// A part's figures; beside the AUC point-in-time the one in-sample, which is no measure of skill.
  private static func slices(
    _ table: SliceTable, _ inSample: SliceTable?, side: String = "point-in-time"
  ) -> [String] {
    let leaks = Dictionary((inSample?.slices ?? []).map { ($0.label, $0) }) { first, _ in first }
    var cells = SkillWords.heads
    if inSample != nil { cells.append("AUC in-sample") }
    return ["", "By \(table.name), \(side)", row("", cells, first: 22)]
      + table.slices.map { slice in
        var cells = SkillWords.cells(slice.report)
        if inSample != nil { cells.append(leaks[slice.label]?.auc.map { Figures.share($0, 3) } ?? "–") }
        return row("  " + slice.label, cells, first: 22)
      }
      + ["", "By \(table.name), \(side): tiers, calibration (said → was) and lift by tenth, riskiest first"]
      + table.slices.flatMap { slice in
        [
          row("  " + slice.label, ["tiers        " + SkillWords.tiers(slice.report)], first: 22),
          row("", ["calibration  " + SkillWords.calibration(slice.report)], first: 22),
          row("", ["lift         " + SkillWords.lift(slice.report)], first: 22),
        ]
      }
  }

  private static func interval(_ range: ClosedRange<Double>?) -> String? { SkillWords.interval(range) }

  private static func row(_ name: String, _ cells: [String], first: Int) -> String {
    func padded(_ text: String, _ width: Int) -> String {
      text + String(repeating: " ", count: max(0, width - text.count))
    }
    let line = padded(name, first) + cells.map { padded($0, 14) }.joined()
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}
