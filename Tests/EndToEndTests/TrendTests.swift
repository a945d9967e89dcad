import Deals
import Foundation
import Simulation
import Testing

extension EndToEnd {
  @Suite(.serialized) struct TrendTests {
    /// Nine months in which EdTech loses 25 points from a day on.
    private func events() -> [SimulatedEvent] {
      var settings = SimulationSettings()
      settings.seed = 3
      settings.events = 24_000
      settings.dealsPerDay = 25
      settings.effects = [
        SimulationSettings.Effect(
          dimension: .industry, value: "EdTech", from: settings.start.adding(120), change: -0.25)
      ]
      return Array(DealSimulator(settings))
    }

    private func shifts(_ stream: Stream) throws -> [TrendShift] {
      let decoder = TrendDecoder()
      var shifts: [TrendShift] = []
      try stream.forEach(stream.topics.trends, partitions: 3) { message in
        shifts.append(try message.value.withUnsafeBytes { try decoder.decode($0) })
      }
      return shifts
    }

    private func reports(_ stream: Stream) throws -> [Report] {
      let decoder = ReportDecoder()
      var reports: [Report] = []
      try stream.forEach(stream.topics.reports, partitions: 1) { message in
        reports.append(try message.value.withUnsafeBytes { try decoder.decode($0) })
      }
      return reports
    }

    /// Whether the trend processors' group has committed the ledger's end.
    private func isSaid(_ stream: Stream) throws -> Bool {
      let (committed, end) = try stream.trendProgress()
      return end > 0 && committed == end
    }

    @Test("a planted change opens a shift on deals.trends; a processor killed in between misses and repeats nothing")
    func planted() throws {
      let stream = try Stream(partitions: 6)
      try stream.produce(events())
      let first = try stream.scorer("a")
      #expect(try eventually { try stream.trendProgress().committed > 1_500 })
      first.signal(SIGKILL)
      first.wait()
      let second = try stream.scorer("a")
      #expect(try eventually { try stream.isProcessed() && isSaid(stream) }, "\(second.output.suffix(3_000))")

      let told = try shifts(stream)
      let opened = told.first { $0.kind == .winRate && $0.phase == .opened && $0.segment == "industry=EdTech" }
      let shift = try #require(opened)
      #expect(shift.after < shift.before - 0.1)
      #expect((shift.openDeals ?? 0) > 0)
      #expect(Set(told.map(\.eventID)).count == told.count, "something was said twice")
      let made = try reports(stream)
      #expect(Set(made.map(\.kind)) == Set(Report.Kind.allCases))
      #expect(Set(made.map(\.eventID)).count == made.count, "a report was made twice")

      second.signal(SIGKILL)
      second.wait()
      // Another instance takes over a ledger of which everything has been said.
      let third = try stream.scorer("b")
      #expect(eventually { third.output.contains("\"active\"") })
      #expect(try eventually { try isSaid(stream) })
      third.terminate()
      #expect(third.wait() == 0)
      #expect(try shifts(stream).count == told.count)
    }

    @Test(
      "a processor that stood still past its session joins its group again, and nothing is said twice",
      .enabled(if: !isEmbedded, "needs a cluster that isolates transactions")) func stoodStill() throws
    {
      let stream = try Stream(partitions: 6)
      try stream.produce(events())
      let sleeper = try stream.scorer("sleeper")
      #expect(try eventually { try stream.trendProgress().committed > 500 })
      sleeper.signal(SIGSTOP)
      let other = try stream.scorer("other")
      #expect(eventually { other.output.contains("\"active\"") }, "\(other.output.suffix(3_000))")
      sleeper.signal(SIGCONT)
      #expect(try eventually { try stream.isProcessed() && isSaid(stream) }, "\(sleeper.output.suffix(3_000))")
      for scorer in [sleeper, other] {
        scorer.terminate()
        #expect(scorer.wait() == 0, "\(scorer.output.suffix(3_000))")
      }
      let told = try shifts(stream)
      let made = try reports(stream)
      #expect(Set(told.map(\.eventID)).count == told.count, "something was said twice")
      #expect(Set(made.map(\.eventID)).count == made.count, "a report was made twice")
      #expect(Set(made.map(\.kind)) == Set(Report.Kind.allCases))
    }
  }
}
