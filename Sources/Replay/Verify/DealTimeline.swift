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
}
