import Deals

extension VerificationReport {
  /// The report for people: what was found, then the first differences and missing scores in full.
  public var text: String {
    var lines = ["verified        \(verified)"]
    if repeats > 0 { lines.append("  of these, repeats of an event (at_least_once allows them): \(repeats)") }
    if verifiedWithoutPrevious > 0 {
      lines.append("  of these, without the score before, which is no longer there: \(verifiedWithoutPrevious)")
    }
    lines.append("differing       \(differing)")
    lines.append("missing         \(missing)")
    lines.append("not verifiable  \(notVerifiable.values.reduce(0, +))")
    for obstacle in Obstacle.allCases {
      if let count = notVerifiable[obstacle], count > 0 { lines.append("  \(count): \(obstacle.rawValue)") }
    }
    if possiblyCompacted > 0 {
      lines.append(
        "not there       \(possiblyCompacted) (older than another score of the deal: compaction removes these)")
    }
    if pending > 0 { lines.append("not scored yet  \(pending) (behind the last change that any score names)") }
    lines += gapLines
    for difference in differences { lines += Self.lines(difference) }
    for score in firstMissing {
      lines.append(
        "missing: deal \(score.dealID), \(score.trigger.name) at \(score.occurredAt), after change "
          + "\(score.source.partition)/\(score.source.offset)")
    }
    return lines.joined(separator: "\n")
  }

  /// What lacks in the input, where it may be why something differs. A transaction that was given up leaves gaps that mean
  /// nothing, so a clean report has no word of them.
  private var gapLines: [String] {
    guard !isClean, gaps.changes.count + gaps.outcomes.count > 0 else { return [] }
    return gaps.changes.report(of: "deals.changes") + gaps.outcomes.report(of: "deals.outcomes")
      + ["what differs or is missing may come from these gaps"]
  }

  private static func lines(_ difference: Difference) -> [String] {
    let place = "deals.risk \(difference.position.partition)/\(difference.position.offset)"
    let derived = difference.derived.map(json) ?? "no score: nothing in deals.changes asks for one there"
    let fields = difference.fields.isEmpty ? "" : " in \(difference.fields.joined(separator: ", "))"
    return [
      "difference at \(place)\(fields)", "  published \(difference.asWritten ?? json(difference.published))",
      "  derived   \(derived)",
    ]
  }

  private static func json(_ event: RiskEvent) -> String {
    var writer = JSONWriter()
    writer.riskEvent(event)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The figures for machines, as one JSON object.
  public var json: String {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("verified")
    writer.integer(Int64(verified))
    writer.key("repeats")
    writer.integer(Int64(repeats))
    writer.key("verified_without_previous")
    writer.integer(Int64(verifiedWithoutPrevious))
    writer.key("differing")
    writer.integer(Int64(differing))
    writer.key("missing")
    writer.integer(Int64(missing))
    writer.key("possibly_compacted")
    writer.integer(Int64(possiblyCompacted))
    writer.key("pending")
    writer.integer(Int64(pending))
    Self.write("gaps_in_changes", gaps.changes, &writer)
    Self.write("gaps_in_outcomes", gaps.outcomes, &writer)
    writer.key("not_verifiable")
    writer.beginArray()
    for obstacle in Obstacle.allCases {
      guard let count = notVerifiable[obstacle] else { continue }
      writer.beginObject()
      writer.key("why")
      writer.string(obstacle.rawValue)
      writer.key("scores")
      writer.integer(Int64(count))
      writer.endObject()
    }
    writer.endArray()
    writer.key("differences")
    writer.beginArray()
    for difference in differences { Self.write(difference, &writer) }
    writer.endArray()
    writer.endObject()
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  private static func write(_ name: StaticString, _ gaps: OffsetGaps, _ writer: inout JSONWriter) {
    writer.key(name)
    writer.beginObject()
    writer.count("gaps", gaps.count)
    writer.count("offsets", Int(gaps.offsets))
    writer.count("single_offsets", gaps.single)
    writer.key("first")
    writer.beginArray()
    for gap in gaps.first {
      writer.beginObject()
      writer.count("partition", Int(gap.partition))
      writer.count("first", Int(gap.first))
      writer.count("last", Int(gap.last))
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  private static func write(_ difference: Difference, _ writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("partition")
    writer.integer(Int64(difference.position.partition))
    writer.key("offset")
    writer.integer(difference.position.offset)
    writer.key("fields")
    writer.beginArray()
    for field in difference.fields { writer.string(field) }
    writer.endArray()
    writer.key("published")
    writer.riskEvent(difference.published)
    writer.key("published_as_written")
    if let text = difference.asWritten { writer.string(text) } else { writer.null() }
    writer.key("derived")
    if let derived = difference.derived { writer.riskEvent(derived) } else { writer.null() }
    writer.endObject()
  }
}
