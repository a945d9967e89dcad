import Deals

/// What the trend processor says of a segment, in the router's words: the seam between `deals.trends` and alerts.
public struct TrendNews: Hashable, Sendable {
  /// Where a shift is in its life.
  public enum Phase: String, CaseIterable, Hashable, Sendable {
    /// It was found.
    case opened
    /// It is stronger or weaker.
    case updated
    /// It is over.
    case resolved
  }

  /// The record's id.
  public var id: String
  /// Where the shift is.
  public var phase: Phase
  /// The segment, such as `industry=EdTech` or `industry=EdTech and lead_source=Partner`.
  public var segment: String
  /// What happened, in a sentence; nil for a win rate, whose figures say it.
  public var title: String?
  /// Whether it is bad news; nil where the rates say so.
  public var isBad: Bool?
  /// The rate before, 0 to 1.
  public var rateBefore: Double
  /// The rate since.
  public var rateAfter: Double
  /// Open deals in the segment.
  public var openDeals: Int?
  /// The dollars in them.
  public var openAmount: Money?
  /// The part of the segment that contributes most, in words.
  public var driver: String?
  /// What to do, in words.
  public var action: String?
  /// What the alert is about, where that is not the segment alone.
  public var subject: String?
  /// When it was so.
  public var at: Timestamp
  /// Whether it is history that is being worked through.
  public var isBackfill = false

  /// News of a segment.
  public init(
    id: String, phase: Phase, segment: String, rateBefore: Double, rateAfter: Double, at: Timestamp
  ) {
    self.id = id
    self.phase = phase
    self.segment = segment
    self.rateBefore = rateBefore
    self.rateAfter = rateAfter
    self.at = at
  }

  /// Percentage points by which the rate moved; negative is worse.
  public var points: Double { (rateAfter - rateBefore) * 100 }
}

extension TrendNews {
  /// A record of `deals.trends`.
  public init(_ shift: TrendShift) {
    let isRate = shift.kind == .winRate
    self.init(
      id: shift.eventID.description, phase: Phase(rawValue: shift.phase.rawValue) ?? .updated, segment: shift.segment,
      rateBefore: isRate ? shift.before : 0, rateAfter: isRate ? shift.after : 0, at: shift.occurredAt)
    if !isRate {
      title = shift.title
      isBad = shift.kind != .winningStreak
      // Streaks and the like of one segment are alerts of their own.
      subject = "\(shift.segment) (\(shift.kind.rawValue))"
    }
    openDeals = shift.openDeals
    openAmount = shift.openAmount
    driver = shift.driver
    action = shift.action
    isBackfill = shift.mode == .backfill
  }
}

extension AlertSource {
  /// From so many points on a fall is critical.
  private static let criticalFall = 10.0

  /// News of a segment as an alert. A rise is good news: it is told at the lowest tier, and inhibits nothing by default.
  public init(_ news: TrendNews) {
    let byRate: RiskTier = news.points >= 0 ? .low : news.points <= -Self.criticalFall ? .critical : .high
    let tier = news.isBad.map { $0 ? RiskTier.high : .low } ?? byRate
    self.init(
      eventID: news.id, kind: .trendShift, subject: news.subject ?? news.segment, tier: tier, occurredAt: news.at)
    signal = news.phase == .resolved ? .ended : .firing
    isBackfill = news.isBackfill
    amount = news.openAmount
    points = news.points
    labels["segment"] = news.segment
    for part in Self.parts(news.segment) { labels[part.field] = part.value }
    let verb = news.points < 0 ? "fell" : "rose"
    title =
      news.title
      ?? "\(Self.spoken(news.segment)): the win rate \(verb) by \(Wording.decimal(abs(news.points))) points, "
      + "from \(Wording.decimal(news.rateBefore * 100))% to \(Wording.decimal(news.rateAfter * 100))%"
    if let driver = news.driver { reasons.append(driver) }
    if let open = news.openDeals { reasons.append("\(Wording.count(open, "deal")) of it are open") }
    if let action = news.action { actions.append(action) }
  }

  /// `industry=EdTech and stage=Proposal` as pairs; `rep` and `rep_id` are the same field.
  static func parts(_ segment: String) -> [(field: String, value: String)] {
    segment.split(separator: /\s+and\s+/).compactMap { part in
      guard let equals = part.firstIndex(of: "=") else { return nil }
      let field = String(part[..<equals])
      return (field == "rep" ? "rep_id" : field, String(part[part.index(after: equals)...]))
    }
  }

  private static func spoken(_ segment: String) -> String {
    let values = parts(segment).map(\.value)
    return values.isEmpty ? segment : values.joined(separator: " with ")
  }
}
