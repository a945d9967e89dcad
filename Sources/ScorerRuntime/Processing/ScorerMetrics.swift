import Deals
import Metrics
import Scoring

/// What the deal processor counts, as swift-metrics. Belongs to one thread; counters of the same name add up.
public final class ScorerMetrics {
  /// What the metrics mean, for `/metrics`.
  public static let help = [
    "dealpulse_changes_total": "Changes that were read, by what became of them.",
    "dealpulse_events_total": "Changes that were read, by kind.",
    "dealpulse_scores_total": "Scores that were published, by what asked for them.",
    "dealpulse_stage_regressions_total": "Moves of deals backwards in the funnel.",
    "dealpulse_ledger_entries_written_total": "Entries that were written to the outcome ledger.",
    "dealpulse_dead_letters_total": "Records that could not be used, by the code of what is wrong.",
    "dealpulse_rebalances_total": "Assignments, revocations and losses of partitions.",
    "dealpulse_transaction_aborts_total": "Transactions that were aborted and done again.",
    "dealpulse_deals": "Deals that are kept, open and closed ones.",
    "dealpulse_restoring_partitions": "Partitions whose state is being read.",
    "dealpulse_restored_records_total": "Records of deals.state that were read.",
    "dealpulse_restore_left_records": "Records of deals.state that are still to be read.",
    "dealpulse_ledger_lag_records": "Records of the outcome ledger that are not yet in the baselines.",
    "dealpulse_commit_seconds": "How long a commit takes: a transaction, or a step until its outputs are acknowledged.",
  ]

  private let thread: String
  private let applied: Counter
  private let skipped: Counter
  private let duplicates: Counter
  private let late: Counter
  private let regressions: Counter
  private let ledgerEntries: Counter
  private var scored: [RiskTrigger: Counter] = [:]
  private var deadLetters: [DecodeFailure.Code: Counter] = [:]
  private let events: [Counter]
  private var eventCounts = [Int](repeating: 0, count: ChangeKind.allCases.count)
  private let restoredRecords = Counter(label: "dealpulse_restored_records_total")
  private let restoreLeft: Gauge
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
    events = ChangeKind.allCases.map { Counter(label: "dealpulse_events_total", dimensions: [("kind", $0.name)]) }
    restoreLeft = Gauge(label: "dealpulse_restore_left_records", dimensions: [("thread", self.thread)])
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

  /// Counts a change; `countEvents` tells it on, once a step.
  func count(_ kind: ChangeKind) { eventCounts[Int(kind.rawValue)] += 1 }

  func countEvents() {
    for index in eventCounts.indices where eventCounts[index] > 0 {
      events[index].increment(by: eventCounts[index])
      eventCounts[index] = 0
    }
  }

  func countRestored(_ records: Int, left: Int) {
    restoredRecords.increment(by: records)
    restoreLeft.record(left)
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
