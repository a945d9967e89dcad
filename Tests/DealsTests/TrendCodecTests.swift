import TestSupport
import Testing

@testable import Deals

@Suite("Trends and reports are written as their schemas say and read back as they were") struct TrendCodecTests {
  private let day = Timestamp(milliseconds: 1_772_452_800_000)

  @Test("A shift, with and without what may be missing", arguments: TrendShift.Phase.allCases) func shift(
    phase: TrendShift.Phase
  ) throws {
    var shift = TrendShift(
      kind: .winRate, phase: phase, detector: .sequential, segment: "industry=EdTech", title: "EdTech \"fell\"",
      before: 0.45, after: 0.34, dealsBefore: 800, dealsAfter: 120, beganAt: day, openedAt: day, occurredAt: day,
      ledgerOffset: 77)
    for _ in 0..<2 {
      var writer = JSONWriter()
      writer.trendShift(shift)
      #expect(try JSONSchema(file: "trend.schema.json").faults(writer.bytes) == [])
      #expect(try writer.bytes.withUnsafeBytes { try TrendDecoder().decode($0) } == shift)
      shift.evidence = 12_345.5
      shift.evidenceNeeded = 10_000
      shift.beganBetween = day.adding(days: -7)...day.adding(days: 3)
      shift.openDeals = 12
      shift.openAmount = Money(cents: 1_234_500)
      shift.driver = "Outbound with rep_22"
      shift.action = "look"
      shift.mode = .live
    }
  }

  @Test("A shift keeps its identity from opened to resolved; each record has its own") func identity() {
    func shift(_ phase: TrendShift.Phase, _ at: Timestamp) -> TrendShift {
      TrendShift(
        kind: .winRate, phase: phase, detector: .plain, segment: "rep=rep_1", title: "", before: 0, after: 0,
        dealsBefore: 0, dealsAfter: 0, beganAt: day, openedAt: day, occurredAt: at, ledgerOffset: 0)
    }
    let (opened, resolved) = (shift(.opened, day), shift(.resolved, day.adding(days: 9)))
    #expect(opened.shiftID == resolved.shiftID)
    #expect(opened.eventID != resolved.eventID)
    #expect(opened.eventID == shift(.opened, day).eventID)
  }

  @Test("A report, with a figure that can't be told", arguments: Report.Kind.allCases) func report(kind: Report.Kind)
    throws
  {
    let report = Report(
      kind: kind, period: "2026-W10", from: day, to: day.adding(days: 7), subject: kind == .scorecard ? "rep_1" : nil,
      title: "The week", lines: ["one", "two \u{1F600}"], figures: [.init("win_rate", 0.45), .init("auc", nil)],
      lateOutcomes: 2, ledgerOffset: 9)
    var writer = JSONWriter()
    writer.report(report)
    #expect(try JSONSchema(file: "report.schema.json").faults(writer.bytes) == [])
    #expect(try writer.bytes.withUnsafeBytes { try ReportDecoder().decode($0) } == report)
  }

  @Test("An unknown kind is refused by name") func unknownKind() {
    let bytes = Array("{\"version\":1,\"kind\":\"weather\"}".utf8)
    #expect { try bytes.withUnsafeBytes { try TrendDecoder().decode($0) } } throws: {
      ($0 as? DecodeFailure)?.code == .unknownWord
    }
  }
}
