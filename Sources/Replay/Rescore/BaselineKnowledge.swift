/// Which outcomes a score of the past may know.
public enum BaselineKnowledge: String, CaseIterable, Sendable {
  /// All outcomes of the history for every deal, its own included: what the reference did. Skill that is measured on such
  /// scores is measured on the data that they were made from.
  case final
  /// Only outcomes that were known before the instant at which the deal is scored.
  case pointInTime = "point-in-time"
}
