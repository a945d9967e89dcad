/// What a person thinks of a score.
public enum FeedbackVerdict: String, CaseIterable, Hashable, Sendable {
  /// The score told the truth.
  case accurate
  /// It did not.
  case wrong
}

/// One record of `deals.feedback`: a person's verdict on one score.
public struct Feedback: Hashable, Sendable {
  /// Its identity: one person has one word on one score, and a later record replaces an earlier.
  public var id: EventID
  /// Which deal.
  public var dealID: DealID
  /// Which score: the risk event's id.
  public var eventID: EventID
  /// What they think of it.
  public var verdict: FeedbackVerdict
  /// Why, in their words; at most `maximumReason` bytes.
  public var reason: String?
  /// Who, as the owners file names them, or a receiver's name where a channel was written to.
  public var by: String
  /// When.
  public var at: Timestamp

  /// The longest reason, in bytes of UTF-8.
  public static let maximumReason = 2_000

  /// A verdict. A reason that is too long is cut, an empty one is none.
  public init(
    dealID: DealID, eventID: EventID, verdict: FeedbackVerdict, reason: String? = nil, by: String, at: Timestamp
  ) {
    var hash = IdentityHash()
    hash.combine("feedback")
    hash.combine(eventID.high)
    hash.combine(eventID.low)
    hash.combine(by)
    id = hash.finish()
    self.dealID = dealID
    self.eventID = eventID
    self.verdict = verdict
    self.reason = reason.flatMap { $0.isEmpty ? nil : Self.cut($0) }
    self.by = by
    self.at = at
  }

  private static func cut(_ text: String) -> String {
    guard text.utf8.count > maximumReason else { return text }
    var kept = ""
    for character in text {
      guard kept.utf8.count + character.utf8.count <= maximumReason else { break }
      kept.append(character)
    }
    return kept
  }
}
