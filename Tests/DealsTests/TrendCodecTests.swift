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

  @Test("A figure that can be none is refused, and the refusal names the field")
  func figures() throws {
    func code(_ kind: TrendShift.Kind, _ before: Double, _ after: Double) -> DecodeFailure? {
      let shift = TrendShift(
        kind: kind, phase: .opened, detector: .plain, segment: "team", title: "t", before: before, after: after,
        dealsBefore: 1, dealsAfter: 1, beganAt: day, openedAt: day, occurredAt: day, ledgerOffset: 0)
      var writer = JSONWriter()
      writer.trendShift(shift)
      do {
        _ = try writer.bytes.withUnsafeBytes { try TrendDecoder().decode($0) }
        return nil
      } catch {
        return error as? DecodeFailure
      }
    }
    #expect(code(.winRate, 0.4, 1e14)?.code == .outOfRange)
    #expect(code(.winRate, -0.1, 0.4)?.field == "before")
    #expect(code(.lowVelocity, 4_000, 1e16)?.field == "after")
    #expect(code(.winRate, 0, 1) == nil)
    #expect(code(.lowVelocity, 50_000, 1_200) == nil)
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

  private func bytes(_ report: Report) -> [UInt8] {
    var writer = JSONWriter()
    writer.report(report)
    return writer.bytes
  }

  @Test("A report of each kind holds to its own schema and to that of any report", arguments: Report.Kind.allCases)
  func report(kind: Report.Kind) throws {
    let (report, bytes) = (Report.sample(kind), bytes(.sample(kind)))
    #expect(try JSONSchema(file: kind.schemaFile).faults(bytes) == [])
    #expect(try JSONSchema(file: "report.schema.json").faults(bytes) == [])
    #expect(try bytes.withUnsafeBytes { try ReportDecoder().decode($0) } == report)
  }

  @Test("A schema refuses each other kind, a figure that is missing, unknown or out of range, and a wrong period")
  func refused() throws {
    for kind in Report.Kind.allCases {
      let schema = try JSONSchema(file: kind.schemaFile)
      for other in Report.Kind.allCases where other != kind {
        #expect(try !schema.faults(bytes(.sample(other))).isEmpty, "\(other) passes as \(kind)")
      }
      let sample = Report.sample(kind)
      for index in sample.figures.indices where !sample.figures[index].isOptional {
        var report = sample
        report.figures.remove(at: index)
        #expect(try !schema.faults(bytes(report)).isEmpty, "\(kind) without \(sample.figures[index].name)")
      }
      let bounded = sample.figures.indices.filter { index in
        !["amount", "velocity", "_change"].contains { sample.figures[index].name.contains($0) }
      }
      var negative = sample
      for index in bounded { negative.figures[index].value = -1_000.5 }
      let faults = try schema.faults(bytes(negative))
      for index in bounded {
        let isFound = faults.contains { $0.hasPrefix("$.figures[\(index)]") }
        #expect(isFound, "\(kind) with \(sample.figures[index].name) below 0")
      }
      var report = sample
      report.figures.append(.init("weather", 1))
      #expect(try !schema.faults(bytes(report)).isEmpty)
      report = sample
      report.labels.append(.init("quadrant", "north_east"))
      #expect(try !schema.faults(bytes(report)).isEmpty)
      report = sample
      report.period = "2026"
      #expect(try !schema.faults(bytes(report)).isEmpty)
    }
  }

  @Test("A report that was written before there were labels is read") func withoutLabels() throws {
    let text = String(decoding: bytes(.sample(.modelHealth)), as: UTF8.self).replacing("\"labels\":[],", with: "")
    #expect(!text.contains("labels"))
    let report = try Array(text.utf8).withUnsafeBytes { try ReportDecoder().decode($0) }
    #expect(report == .sample(.modelHealth))
  }

  @Test("An unknown kind is refused by name") func unknownKind() {
    let bytes = Array("{\"version\":1,\"kind\":\"weather\"}".utf8)
    #expect { try bytes.withUnsafeBytes { try TrendDecoder().decode($0) } } throws: {
      ($0 as? DecodeFailure)?.code == .unknownWord
    }
  }
}
