import Deals
import Scoring

/// A score that was published, with the state of its deal just before: all but the baselines that the engine needs.
struct Derivation: Sendable {
  /// What the engine does to give the score.
  enum Step: Sendable {
    /// It applies this change.
    case change(DealChange)
    /// It honours a due date.
    case dueDate
    /// Nothing that the engine does gives such a score.
    case none
  }

  var record: SourcePosition
  var published: RiskEvent
  var before: DealState?
  var step: Step
  var knowsPrevious = true
  var isRepeat = false
  /// The last change that can stand before a due date that was honoured: the one behind it moved stream time past it.
  var latestSource = Int64.max
}

/// One deal's changes in one partition and the scores that were published for it.
///
/// A deal's state depends on its own changes alone, and a score besides on the baselines at its `baseline_offset` and on
/// the score before. So every score can be derived by itself, however often a scorer was killed and began again, and
/// whatever an owner that had lost the partition wrote in between.
struct DealTimeline {
  var changes: [(offset: Int64, change: DealChange)] = []
  var risks: [(record: SourcePosition, event: RiskEvent)] = []
  /// What the ledger says of a change: whether the deal had an outcome before. By the change's offset; of a change that
  /// opened or closed nothing there is no word.
  var hadOutcome: [Int64: Bool] = [:]
  /// The last change of the partition that the ledger knows of; -1 where it does not begin with its first entry.
  var ledgerReach: Int64 = -1

  /// The score that was published next behind a change.
  func score(after offset: Int64) -> RiskEvent? {
    risks.lazy.map(\.event).filter { $0.source.offset > offset }.min { $0.source.offset < $1.source.offset }
  }

  /// What the ledger says of a change: nothing, within; nil where it does not reach so far.
  func ledgerWord(at offset: Int64) -> Bool?? { offset <= ledgerReach ? .some(hadOutcome[offset]) : nil }
}
