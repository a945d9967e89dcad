import Deals

extension AlertSource {
  /// From so many points on, a fall of a win rate is critical.
  private static let criticalFall = 10.0

  /// A record of `deals.trends`.
  public init(_ shift: TrendShift) {
    // A segment may have shifted in several ways at once: each is an alert of its own.
    let subject = shift.kind == .winRate ? shift.segment : "\(shift.kind.rawValue) \(shift.segment)"
    self.init(
      eventID: shift.eventID.description, kind: .trendShift, subject: subject, tier: Self.tier(shift),
      occurredAt: shift.occurredAt)
    signal = shift.phase == .resolved ? .ended : .firing
    isBackfill = shift.mode == .backfill
    amount = shift.openAmount
    if shift.kind == .winRate { points = (shift.after - shift.before) * 100 }
    title = shift.title
    if let driver = shift.driver { reasons.append(driver) }
    if let open = shift.openDeals, open > 0 { reasons.append("\(Wording.count(open, "deal")) of it are open") }
    if let action = shift.action { actions.append(action) }
    labels["trend"] = shift.kind.rawValue
    labels["segment"] = shift.segment
    for part in Self.parts(shift.segment) where labels[part.field] == nil { labels[part.field] = part.value }
  }

  /// How urgent a shift is. Good news is told at the lowest tier.
  private static func tier(_ shift: TrendShift) -> RiskTier {
    switch shift.kind {
    case .winRate:
      let points = (shift.after - shift.before) * 100
      return points >= 0 ? .low : points <= -criticalFall ? .critical : .high
    case .riskVolume, .dataUnavailable: return .critical
    case .losingStreak, .lowVelocity: return .high
    case .longerCycle, .regressions, .missingFields: return .medium
    case .winningStreak: return .low
    }
  }

  /// `industry=EdTech and stage=Proposal` as pairs; `rep` and `rep_id` are the same field.
  static func parts(_ segment: String) -> [(field: String, value: String)] {
    segment.split(separator: /\s+and\s+/).compactMap { part in
      guard let equals = part.firstIndex(of: "=") else { return nil }
      let field = String(part[..<equals])
      return (field == "rep" ? "rep_id" : field, String(part[part.index(after: equals)...]))
    }
  }
}
