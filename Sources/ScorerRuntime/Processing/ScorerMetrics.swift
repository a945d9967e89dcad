import Deals
import Metrics
import Scoring

/// What the deal processor counts, as swift-metrics. Belongs to one thread; counters of the same name add up.
final class ScorerMetrics {
  private let thread: String
  private let applied: Counter
  private let skipped: Counter
  private let duplicates: Counter
  private let late: Counter
  private let regressions: Counter
  private let ledgerEntries: Counter
  private var scored: [RiskTrigger: Counter] = [:]
  private var deadLetters: [DecodeFailure.Code: Counter] = [:]
  private let rebalances = Counter(label: "dealpulse_rebalances_total")
  private let aborts = Counter(label: "dealpulse_transaction_aborts_total")
  private let deals: Gauge
  private let restoring: Gauge
  private let ledgerLag: Gauge

  init(thread: Int) {
    self.thread = String(thread)
    applied = Self.changes("applied")
    skipped = Self.changes("skipped")
    duplicates = Self.changes("duplicate")
    late = Self.changes("late")
    regressions = Counter(label: "dealpulse_stage_regressions_total")
    ledgerEntries = Counter(label: "dealpulse_ledger_entries_written_total")
    deals = Gauge(label: "dealpulse_deals", dimensions: [("thread", self.thread)])
    restoring = Gauge(label: "dealpulse_restoring_partitions", dimensions: [("thread", self.thread)])
    ledgerLag = Gauge(label: "dealpulse_ledger_lag_records", dimensions: [("thread", self.thread)])
  }

  private static func changes(_ result: String) -> Counter {
    Counter(label: "dealpulse_changes_total", dimensions: [("result", result)])
  }

  /// Adds what an engine has counted since `before`.
  func add(_ now: EngineCounters, since before: EngineCounters) {
    applied.increment(by: now.applied - before.applied)
    skipped.increment(by: now.skipped - before.skipped)
    duplicates.increment(by: now.duplicates - before.duplicates)
    late.increment(by: now.late - before.late)
    regressions.increment(by: now.regressions - before.regressions)
    for trigger in RiskTrigger.allCases {
      let count = now.scored[trigger] - before.scored[trigger]
      if count > 0 { counter(of: trigger).increment(by: count) }
    }
  }

  private func counter(of trigger: RiskTrigger) -> Counter {
    if let counter = scored[trigger] { return counter }
    let counter = Counter(label: "dealpulse_scores_total", dimensions: [("trigger", trigger.name)])
    scored[trigger] = counter
    return counter
  }

  func countDeadLetter(_ code: DecodeFailure.Code) {
    let counter =
      deadLetters[code] ?? Counter(label: "dealpulse_dead_letters_total", dimensions: [("code", code.rawValue)])
    deadLetters[code] = counter
    counter.increment()
  }

  func countLedgerEntries(_ count: Int) { ledgerEntries.increment(by: count) }
  func countRebalance() { rebalances.increment() }
  func countAbort() { aborts.increment() }

  func record(deals count: Int, restoring partitions: Int, ledgerLag lag: Int64) {
    deals.record(count)
    restoring.record(partitions)
    ledgerLag.record(lag)
  }
}
