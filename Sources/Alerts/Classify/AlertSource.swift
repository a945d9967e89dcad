import Deals

/// What the router takes in: one statement about a deal, a segment or the stream itself, in the router's own words.
public struct AlertSource: Codable, Hashable, Sendable {
  /// The id of the record it came in, for audit.
  public var eventID: String
  /// What it is about.
  public var kind: AlertKind
  /// Which one: a deal's id, a segment such as `industry=EdTech`, a report's name.
  public var subject: String
  /// Whether it holds or has ended.
  public var signal: AlertSignal = .firing
  /// Whether it is history that is being worked through. History never alerts.
  public var isBackfill = false
  /// How urgent.
  public var tier: RiskTier
  /// The risk score, of a deal.
  public var score: RiskScore?
  /// The deal's score before.
  public var previousScore: RiskScore?
  /// The tier before.
  public var previousTier: RiskTier?
  /// The dollars that are exposed.
  public var amount: Money?
  /// Percentage points by which a win rate moved; negative is worse.
  public var points: Double?
  /// The chance to win, 0 to 1.
  public var winProbability: Double?
  /// Everything else that matchers and templates may ask for, by field name: `rep_id`, `industry`, `stage`, …
  public var labels: [String: String] = [:]
  /// Days since the deal was created.
  public var ageDays: Int?
  /// Days in the present stage.
  public var daysInStage: Int?
  /// A headline, for what is no deal.
  public var title: String?
  /// Why, in words, the strongest first.
  public var reasons: [String] = []
  /// What to do, in words, the most specific first.
  public var actions: [String] = []
  /// When it was so.
  public var occurredAt: Timestamp
  /// Where it was read: it moves to another router together with that partition. Nil for what a test makes up.
  public var origin: Origin?
  /// The offset in `deals.changes` of the change that led to it: orders scores and outcomes of a deal without a clock.
  public var position: Int64?

  /// A statement; everything else is set afterwards.
  public init(eventID: String, kind: AlertKind, subject: String, tier: RiskTier, occurredAt: Timestamp) {
    self.eventID = eventID
    self.kind = kind
    self.subject = subject
    self.tier = tier
    self.occurredAt = occurredAt
  }

  /// What it is about.
  public var fingerprint: Fingerprint { Fingerprint(kind: kind, subject: subject) }

  /// What it says: equal exactly where a reader would see no difference worth a message.
  public var contentHash: UInt64 {
    var hash = IdentityHash()
    hash.combine(signal.rawValue)
    hash.combine(UInt64(tier.rawValue))
    hash.combine(UInt64(bitPattern: Int64(score?.tenths ?? -1)))
    hash.combine(UInt64(bitPattern: amount?.cents ?? -1))
    hash.combine(labels["stage"] ?? "")
    hash.combine(labels["rep_id"] ?? "")
    return hash.finish().low
  }

  /// Points by which the score rose since the last one, nil where there was none.
  public var scoreRise: Double? {
    guard let score, let previousScore else { return nil }
    return score.points - previousScore.points
  }
}
