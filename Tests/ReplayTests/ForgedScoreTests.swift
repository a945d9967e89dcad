import Deals
import Scoring
import Testing

@testable import Replay

@Suite("A score that was altered after it was published does not verify")
struct ForgedScoreTests {
  private let scorer: SmallScorer
  /// The score that is altered: it has been scored before, so that every member has a value.
  private let victim: Int

  init() throws {
    var scorer = SmallScorer(partitions: 2, seed: 21)
    scorer.run(RandomLives.changes(1_500, deals: 80, seed: 21).map { $0 })
    victim = try #require(
      scorer.topics.risks.lastIndex { $0.event?.trigger == .stageChange && $0.event?.previousScore != nil })
    self.scorer = scorer
  }

  private func text(_ event: RiskEvent) -> String {
    var writer = JSONWriter()
    writer.riskEvent(event)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Reads all scores as from a topic, one of them altered, and verifies.
  private func verify(
    _ index: Int, _ alter: (String) -> String, key: RecordKey? = nil, eventIDs: [String]? = nil, partition: Int32? = nil
  ) -> VerificationReport {
    var reader = TopicRecordReader()
    for (number, record) in scorer.topics.risks.enumerated() {
      guard let event = record.event else { continue }
      let isVictim = number == index
      var position = record.position
      if isVictim, let partition { position = SourcePosition(partition: partition, offset: 100_000) }
      let value = Array((isVictim ? alter(text(event)) : text(event)).utf8)
      value.withUnsafeBytes {
        reader.addRisk(
          $0, at: position, key: isVictim ? key ?? .untold : .bytes(Array(event.dealID.text.utf8)),
          eventIDs: isVictim ? eventIDs ?? [] : [event.eventID.description])
      }
    }
    var topics = scorer.topics
    topics.risks = reader.records.risks
    return Verifier(settings: scorer.settings).verify(topics)
  }

  private func replacing(_ member: String, with value: String) -> (String) -> String {
    { text in
      let pattern = "\"\(member)\":"
      let start = text.firstRange(of: pattern)?.upperBound ?? text.endIndex
      let end = text[start...].firstIndex { ",}".contains($0) } ?? text.endIndex
      return text.replacingCharacters(in: start..<end, with: value)
    }
  }

  @Test("all verify as they were written")
  func untouched() {
    let report = verify(-1) { $0 }
    #expect(report.isClean && report.verified == scorer.topics.risks.count)
  }

  @Test(
    "a number beyond its range or between two tenths is found",
    arguments: [
      ("score", "101"), ("score", "100.04"), ("score", "1e9"), ("win_probability", "-3"), ("previous_score", "1000"),
      ("age_days", "0.5"),
    ])
  func number(member: String, value: String) throws {
    let report = verify(victim, replacing(member, with: value))
    #expect(report.differing >= 1 || report.notVerifiable[.scoreUnreadable] == 1, "\(report.text)")
    #expect(!report.isClean)
  }

  @Test("a score a few hundredths off is found, named and shown as it stands there")
  func hundredths() throws {
    let event = try #require(scorer.topics.risks[victim].event)
    let score = Double(event.score.tenths) / 10
    let report = verify(victim, replacing("score", with: "\(score)4"))
    #expect(report.differing == 1)
    #expect(report.differences.first?.fields == ["score"])
    #expect(report.text.contains("\"score\":\(score)4,"))
  }

  @Test(
    "an exponent that fits no number makes the whole record another",
    arguments: [
      "e-99999999999999999999", "e99999999999999999999", "e-9223372036854775808", "e-100001", "0e-9223372036854775807",
    ])
  func exponent(power: String) throws {
    let event = try #require(scorer.topics.risks[victim].event)
    let report = verify(victim, replacing("score", with: "\(Double(event.score.tenths) / 10)\(power)"))
    let isTold = report.differences.contains { $0.fields == ["the whole record"] }
    #expect(isTold || report.notVerifiable[.scoreUnreadable] == 1, "\(report.text)")
    #expect(!report.isClean)
  }

  @Test(
    "an exponent beyond every number is none, and nothing overflows",
    arguments: ["0e9223372036854775807", "0.5e-9223372036854775808"])
  func overflow(number: String) {
    #expect(WrittenJSON(Array(number.utf8)) == nil)
    #expect(WrittenJSON(Array("{\"a\":[\(number)]}".utf8)) == nil)
    #expect(WrittenJSON(Array("1e+2".utf8)) == WrittenJSON(Array("100.0".utf8)))
    #expect(WrittenJSON(Array("5e-100000".utf8)) != nil)
  }

  @Test("a dumped value that can't be read to its end is named, and is no deletion")
  func dumpedValue() throws {
    let folder = try TestFolder()
    func record(_ value: String) -> String {
      #"{"topic":"deals.changes","partition":0,"offset":0,"key":"D1","ts":1704067200000,"payload":\#(value)}"#
    }
    var reader = TopicRecordReader()
    let path = try folder.write("dump.jsonl", [record(#"{"amount":0e-9223372036854775808}"#)])
    #expect {
      try reader.addDump(path: path)
    } throws: {
      "\($0)".contains("dump.jsonl:1 is no record of a topic") && "\($0)".contains("no reader")
    }
    // A value that is no change either: the scorer sends it to the dead letters.
    try reader.addDump(path: folder.write("number.jsonl", [record("5"), record("null")]))
    #expect(reader.records.changes.map { $0.change?.kind } == [nil, .deleted])
  }

  @Test("a member that nobody knows, and one that stands twice, are found and named")
  func members() throws {
    let unknown = verify(victim) { "{\"colour\":\"red\"," + $0.dropFirst() }
    #expect(unknown.differences.first?.fields == ["colour (unknown)"])
    let twice = verify(victim) { "{\"score\":1," + $0.dropFirst() }
    #expect(twice.differences.first?.fields == ["score (stands 2 times)"])
    let nested = verify(victim) { $0.replacing("{\"factor\":", with: "{\"points\":1,\"factor\":", maxReplacements: 1) }
    #expect(nested.differences.first?.fields == ["components"])
  }

  @Test("key, header and partition must be those of the score")
  func envelope() throws {
    #expect(verify(victim, { $0 }, key: .bytes(Array("D0000".utf8))).differences.first?.fields == ["key"])
    #expect(verify(victim, { $0 }, key: RecordKey.none).differences.first?.fields == ["key (none)"])
    #expect(verify(victim, { $0 }, eventIDs: ["another"]).differences.first?.fields == ["header ce_id"])
    let home = try #require(scorer.topics.risks[victim].event).source.partition
    #expect(verify(victim, { $0 }, partition: 1 - home).differences.first?.fields == ["partition"])
  }

  @Test("the same values in another order, with blanks and in other decimals, verify")
  func spelling() throws {
    let report = verify(victim) { text in
      let score = text.firstRange(of: "\"mode\":").map { String(text[$0.lowerBound...].dropLast()) } ?? ""
      let rest = text.dropLast(score.count + 1)
      return "{ " + score + ", " + rest.dropFirst().dropLast() + "}"
    }
    #expect(report.isClean && report.verified == scorer.topics.risks.count, "\(report.text)")
  }

  @Test("an ageing score that names a change from behind its due date is found")
  func laterSource() throws {
    let index = try #require(
      scorer.topics.risks.firstIndex { record in
        guard let event = record.event, event.trigger == .ageing else { return false }
        // The next change is of another deal: what the deal was by then is the same.
        return scorer.topics.changes.contains {
          $0.position.partition == event.source.partition && $0.position.offset == event.source.offset + 1
            && $0.change?.dealID != event.dealID
        }
      })
    let offset = try #require(scorer.topics.risks[index].event).source.offset
    let report = verify(index, replacing("source_offset", with: "\(offset + 1)"))
    #expect(report.differences.first?.fields == ["source_offset"], "\(report.text)")
  }
}
