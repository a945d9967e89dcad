import Deals

extension Backtest {
  /// The report for machines, as one JSON object; what can't be computed is null.
  public var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.count("closed_deals", closedDeals)
    writer.count("won_deals", wonDeals)
    writer.count("open_deals", openDeals)
    writer.count("changed_after_close", changedAfterClose)
    writer.count("unknown_currencies", unknownCurrencies)
    writer.figure("true_auc", truth?.report.auc)
    writer.key("true_auc_interval")
    writer.interval(truth?.report.aucInterval)
    writer.key("models")
    writer.beginArray()
    for model in models { Self.write(model, &writer) }
    writer.endArray()
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self) + "\n"
  }

  private static func write(_ model: ModelBacktest, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("model")
    writer.symbol(model.model)
    writer.key("name")
    writer.string(model.name)
    writer.key("skill")
    writer.string(model.verdict.skill.rawValue)
    writer.key("verdict")
    writer.string(model.verdict.sentence)
    writer.key("leak_check")
    if let leak = model.verdict.leak { writer.string(leak) } else { writer.null() }
    writer.key("leak")
    write(model.verdict.parts, model.leaveOneOut, &writer)
    writer.count("never_published", model.neverPublished)
    writer.key("in_sample")
    write(model.inSample, model.inSampleSlices, &writer)
    writer.key("point_in_time")
    write(model.pointInTime, model.slices, &writer)
    writer.key("published")
    write(model.published, model.publishedSlices, &writer)
    writer.endObject()
  }

  private static func write(_ leak: Verdict.Leak?, _ leaveOneOut: SkillReport, _ writer: inout JSONWriter) {
    guard let leak else { return writer.null() }
    writer.beginObject()
    writer.figure("auc_gap", leak.gap)
    writer.figure("own_outcomes", leak.ownOutcomes)
    writer.figure("other_outcomes", leak.otherOutcomes)
    writer.key("leave_one_out")
    write(leaveOneOut, [], &writer)
    writer.endObject()
  }

  private static func write(_ report: SkillReport, _ tables: [SliceTable], _ writer: inout JSONWriter) {
    writer.beginObject()
    figures(report, &writer)
    writer.key("by")
    writer.beginArray()
    for table in tables { write(table, &writer) }
    writer.endArray()
    writer.endObject()
  }

  /// The same figures of a whole history and of each part.
  private static func figures(_ report: SkillReport, _ writer: inout JSONWriter) {
    writer.count("deals", report.deals)
    writer.count("won", report.won)
    writer.figure("auc", report.auc)
    writer.key("auc_interval")
    writer.interval(report.aucInterval)
    writer.figure("average_precision_lost", report.averagePrecision)
    writer.figure("brier", report.brier?.score)
    writer.figure("brier_reliability", report.brier?.reliability)
    writer.figure("brier_resolution", report.brier?.resolution)
    writer.figure("brier_uncertainty", report.brier?.uncertainty)
    writer.figure("brier_within_groups", report.brier?.withinGroups)
    writer.figure("log_loss", report.logLoss)
    writer.count("certain_and_wrong", report.certainAndWrong)
    writer.figure("calibration_error", report.calibrationError)
    writer.key("why_no_auc")
    if let gap = report.gap { writer.string(gap) } else { writer.null() }
    write(report.tiers, &writer)
    write(report.calibration, &writer)
    writer.key("lift")
    writer.beginArray()
    for value in report.lift { writer.number(value) }
    writer.endArray()
  }

  private static func write(_ tiers: [SkillReport.TierRow], _ writer: inout JSONWriter) {
    writer.key("tiers")
    writer.beginArray()
    for tier in tiers {
      writer.beginObject()
      writer.key("tier")
      writer.string(tier.tier.name)
      writer.count("deals", tier.deals)
      writer.figure("win_rate", tier.winRate)
      writer.key("interval")
      writer.interval(tier.interval)
      writer.endObject()
    }
    writer.endArray()
  }

  private static func write(_ rows: [SkillReport.CalibrationRow], _ writer: inout JSONWriter) {
    writer.key("calibration")
    writer.beginArray()
    for row in rows {
      writer.beginObject()
      writer.count("deals", row.deals)
      writer.figure("chance", row.chance)
      writer.figure("win_rate", row.winRate)
      writer.endObject()
    }
    writer.endArray()
  }

  private static func write(_ table: SliceTable, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("property")
    writer.string(table.name)
    writer.key("parts")
    writer.beginArray()
    for slice in table.slices {
      writer.beginObject()
      writer.key("part")
      writer.string(slice.label)
      figures(slice.report, &writer)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }
}

extension JSONWriter {
  mutating func count(_ name: StaticString, _ value: Int) {
    key(name)
    integer(Int64(value))
  }

  mutating func figure(_ name: StaticString, _ value: Double?) {
    key(name)
    if let value { number(value) } else { null() }
  }

  /// [low, high], or null.
  mutating func interval(_ range: ClosedRange<Double>?) {
    guard let range else { return null() }
    beginArray()
    number(range.lowerBound)
    number(range.upperBound)
    endArray()
  }
}
