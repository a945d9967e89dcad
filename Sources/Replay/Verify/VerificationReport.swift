import Deals

/// What came of deriving published scores again.
public struct VerificationReport: Sendable {
  /// Why a score could not be derived again.
  public enum Obstacle: String, CaseIterable, Sendable {
    /// It was made with another model or configuration than the given ones.
    case otherConfiguration = "made with another model or configuration: give the one that it names"
    /// Changes of its deal are no longer in `deals.changes`.
    case changesNotRetained = "changes of the deal are no longer retained in deals.changes"
    /// The change it names can't be read.
    case changeUnreadable = "the change that it names can't be read"
    /// The ledger does not begin at offset 0 any more.
    case ledgerNotRetained = "the ledger no longer begins at offset 0"
    /// The ledger that was read ends before the score's `baseline_offset`.
    case ledgerTooShort = "the ledger that was read ends before its baseline_offset"
    /// The record in `deals.risk` can't be read.
    case scoreUnreadable = "the record in deals.risk can't be read"
  }

  /// A published score beside the one that was derived.
  public struct Difference: Sendable {
    /// Where it stands in `deals.risk`.
    public var position: SourcePosition
    /// What was published.
    public var published: RiskEvent
    /// What was derived, nil where the engine gives no such score.
    public var derived: RiskEvent?
    /// The members that differ, by their names on the wire; with a word where it is not the value.
    public var fields: [String]
    /// What was published, as it stands there, where it is not what we would have written.
    public var asWritten: String?
  }

  /// A score that should have been published.
  public struct Missing: Hashable, Sendable {
    /// Which deal.
    public var dealID: DealID
    /// The change after which it should have been scored.
    public var source: SourcePosition
    /// Why it should have been scored.
    public var trigger: RiskTrigger
    /// The instant in the deal's life.
    public var occurredAt: Timestamp
  }

  /// How many differences and missing scores are kept in full.
  public static let kept = 20

  /// Scores that were derived again, bit for bit.
  public internal(set) var verified = 0
  /// Of these, how many without their previous score and tier: the score before is no longer in `deals.risk`.
  public internal(set) var verifiedWithoutPrevious = 0
  /// Of these, how many repeat an event that stands in `deals.risk` before: at_least_once allows it.
  public internal(set) var repeats = 0
  /// Scores that came out otherwise.
  public internal(set) var differing = 0
  /// The first of them.
  public internal(set) var differences: [Difference] = []
  /// Scores that could not be derived, by reason.
  public internal(set) var notVerifiable: [Obstacle: Int] = [:]
  /// Scores that should be in `deals.risk` and are not, though the scorer has published later ones.
  public internal(set) var missing = 0
  /// The first of them.
  public internal(set) var firstMissing: [Missing] = []
  /// Scores that should have been published and have a newer score of their deal in a topic with gaps: compaction may
  /// have removed them.
  public internal(set) var possiblyCompacted = 0
  /// Scores for changes behind the last one that any published score names: the scorer may not have come there yet.
  public internal(set) var pending = 0

  /// Offsets that are missing in the middle of `deals.changes` and of `deals.outcomes`.
  public internal(set) var gaps = (changes: OffsetGaps(), outcomes: OffsetGaps())

  init() {}

  /// Whether no published score came out otherwise, none is missing, and each can be read: we write none that can't.
  public var isClean: Bool { differing == 0 && missing == 0 && notVerifiable[.scoreUnreadable] == nil }

  /// Why no score was verified at all, and what to do; nil where one was.
  public var reasonForNothing: String? {
    if verified > 0 || !isClean { return nil }
    if !notVerifiable.isEmpty {
      return "no score could be verified at all: give the configuration that they were made with by --config"
    }
    if pending > 0 { return "there is no score yet, though \(pending) should come: start the scorer, or wait for it" }
    return "there was nothing to verify: the topics are empty, or have another --topic-prefix"
  }

  mutating func add(_ difference: Difference) {
    differing += 1
    if differences.count < Self.kept { differences.append(difference) }
  }

  mutating func add(_ absent: Missing) {
    missing += 1
    if firstMissing.count < Self.kept { firstMissing.append(absent) }
  }
}
