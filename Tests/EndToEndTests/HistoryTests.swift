import Deals
import Foundation
import Simulation
import Testing

extension EndToEnd {
  @Suite(.serialized) struct HistoryTests {
    private func events() -> [SimulatedEvent] {
      var settings = SimulationSettings()
      settings.seed = 5
      settings.events = 8_000
      settings.dealsPerDay = 25
      return Array(DealSimulator(settings))
    }

    private func run(_ stream: Stream, _ options: [String]) throws {
      let scorer = try stream.scorer("one", options)
      #expect(try eventually { try stream.isProcessed() }, "\(scorer.output.suffix(2_000))")
      scorer.terminate()
      #expect(scorer.wait() == 0)
    }

    /// Entries with their offsets, which have gaps where transactions ended.
    private func ledger(_ stream: Stream) throws -> [(offset: Int64, entry: LedgerEntry)] {
      let decoder = LedgerDecoder()
      var entries: [(offset: Int64, entry: LedgerEntry)] = []
      try stream.forEach(stream.topics.outcomes, partitions: 1) { message in
        let entry = try message.value.withUnsafeBytes { try decoder.decode($0) }
        entries.append((message.offset, entry))
      }
      return entries
    }

    @Test("history is scored in the order of time over all partitions: no score knows an outcome of its future")
    func orderOfTime() throws {
      let stream = try Stream(partitions: 6)
      try stream.produce(events())
      try run(stream, ["--set", "backfill.ledger_wait=10s", "--set", "trends.enabled=false"])
      let ledger = try ledger(stream)
      let times = ledger.map(\.entry.occurredAt)
      #expect(times.count > 1_000)
      #expect(times == times.sorted())

      let decoder = RiskDecoder()
      var (ofTheFuture, ignorant) = (0, 0)
      try stream.forEach(stream.topics.risk, partitions: 6) { message in
        guard !message.isTombstone else { return }
        let risk = try message.value.withUnsafeBytes { try decoder.decode($0) }
        // A deal's ageing is noticed by the next change of its partition.
        guard risk.trigger != .ageing else { return }
        // As many entries as lie before the offset.
        let known = ledger.firstIndex { $0.offset >= risk.baselineOffset } ?? ledger.count
        if known > 0, times[known - 1] > risk.occurredAt { ofTheFuture += 1 }
        if known < times.count, times[known].day < risk.occurredAt.day { ignorant += 1 }
      }
      #expect(ofTheFuture == 0)
      #expect(ignorant == 0, "outcomes of the days before are known")
    }

    @Test("trends that are switched on over a ledger that is there begin with its first entry") func fromTheFirst()
      throws
    {
      let stream = try Stream(partitions: 6)
      try stream.produce(events())
      try run(stream, ["--set", "trends.enabled=false"])
      let first = try #require(try ledger(stream).first?.entry)
      let scorer = try stream.scorer()
      #expect(
        try eventually {
          let (committed, end) = try stream.trendProgress()
          return end > 0 && committed == end
        })
      scorer.terminate()
      #expect(scorer.wait() == 0)
      let decoder = ReportDecoder()
      var days: [String] = []
      try stream.forEach(stream.topics.reports, partitions: 1) { message in
        let report = try message.value.withUnsafeBytes { try decoder.decode($0) }
        if report.kind == .daily { days.append(report.period) }
      }
      #expect(days.first == first.occurredAt.day.description)
    }
  }
}
