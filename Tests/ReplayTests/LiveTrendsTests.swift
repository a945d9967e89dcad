import Deals
import Scoring
import Testing
import Trends

@testable import Replay

/// What is told of a shift. Means are left out: the last digit of one depends on the order of a dictionary.
private struct Told: Equatable {
  let (id, title, open, amount, offset): (EventID, String, Int?, Money?, Int64)

  init(_ shift: TrendShift) {
    (id, title, open, amount, offset) = (
      shift.eventID, shift.title, shift.openDeals, shift.openAmount, shift.ledgerOffset
    )
  }
}

@Suite("The shifts of a history are those that a live trend processor would have told") struct LiveTrendsTests {
  /// Told of much, so that there is something to compare.
  private var watched: TrendSettings {
    var settings = TrendSettings()
    settings.falseAlarmsPerYear = 2_000
    settings.minimumPoints = 1
    settings.minimumBaselineDeals = 20
    settings.minimumDeals = 10
    return settings
  }

  /// As the processor goes through them: deals.risk is read whole, and handed out up to the time of each outcome.
  private func processor(_ history: DealHistory) -> [TrendShift] {
    var settings = EngineSettings()
    // As a history has it: of a deal that was forgotten and comes again the ledger would differ.
    settings.closedRetentionDays = 366 * 1_000
    var deals = DealEngine(partition: 0, settings: settings, canRollBack: false)
    var baselines = Baselines(model: settings.model.id)
    var (output, scores) = (EngineOutput(), ScoreQueue())
    var ledger: [LedgerEntry] = []
    for (offset, change) in history.changes.enumerated() {
      deals.apply(change, at: Int64(offset), &baselines, into: &output)
      for entry in output.entries {
        baselines.apply(entry, at: Int64(ledger.count))
        ledger.append(entry)
      }
      for risk in output.risks { scores.add(.scored(PipelineScore(risk))) }
      if change.kind == .deleted { scores.add(.gone(change.dealID, at: change.occurredAt)) }
      output.removeAll()
    }
    var engine = TrendEngine(settings: watched)
    return ledger.enumerated().flatMap { offset, entry in
      engine.observe(scores.take(before: entry.occurredAt.adding(milliseconds: 1)))
      return engine.apply(entry, at: Int64(offset))
    }
  }

  @Test("Outcomes amended, reopened and deleted, scores and deletions in between", arguments: [1, 2] as [UInt64])
  func asLive(seed: UInt64) {
    let history = DealHistory(RandomLives.changes(3_000, deals: 400, seed: seed))
    let closed = ClosedHistory(history, watched: watched)
    let shifts = closed.shifts
    #expect(shifts.map(Told.init) == processor(history).map(Told.init), "seed \(seed)")
    #expect(closed.reports.map(\.kind) == [.drivers, .modelHealth], "seed \(seed)")
    #expect(shifts.contains { ($0.openDeals ?? 0) > 0 && ($0.openAmount ?? .zero) > .zero }, "seed \(seed)")
    let kinds = Set(shifts.map(\.kind))
    #expect(kinds.isSuperset(of: [.winRate, .regressions]), "seed \(seed): \(kinds)")
  }
}
