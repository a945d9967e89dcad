import Deals

/// Wins or losses in a row.
struct Streak: Sendable {
  /// The outcome that repeats.
  var outcome: Outcome
  /// How often it came in a row.
  var length: Int
  /// When the first of them closed.
  var began: Timestamp
  /// When it was told; nil while it was not.
  var told: Timestamp?
}

extension TrendEngine {
  /// Judges the streaks that a close makes longer or ends: of its rep, and of its rep in its industry.
  ///
  /// A run of k losses at win rate p begins with a chance of p (1 − p)^k at each deal; it is told when so many would be
  /// expected in a year less often than the false alarms that are allowed.
  mutating func streakNews(_ deal: ClosedDeal, at instant: Timestamp) -> [TrendShift] {
    guard let rep = deal.descriptors.rep else { return [] }
    var segments = [Segment(Segment.Part(.rep, rep))]
    if let industry = deal.descriptors.industry {
      segments.append(Segment(Segment.Part(.rep, rep), Segment.Part(.industry, industry)))
    }
    return segments.flatMap { extend($0, deal, at: instant) }
  }

  private mutating func extend(_ segment: Segment, _ deal: ClosedDeal, at instant: Timestamp) -> [TrendShift] {
    guard var streak = streaks[segment], streak.outcome == deal.outcome else {
      let ended = streaks[segment]
      streaks[segment] = Streak(outcome: deal.outcome, length: 1, began: deal.closedAt, told: nil)
      guard let ended, let told = ended.told else { return [] }
      return [news(segment, ended, .resolved, openedAt: told, at: instant)]
    }
    streak.length += 1
    defer { streaks[segment] = streak }
    if let told = streak.told { return [news(segment, streak, .updated, openedAt: told, at: instant)] }
    guard isUnlikely(segment, streak) else { return [] }
    streak.told = instant
    return [news(segment, streak, .opened, openedAt: instant, at: instant)]
  }

  private func rate(_ segment: Segment) -> (rate: Double, deals: Int) {
    let tally = watches[segment].map { $0.tallies.tally(0..<Int.max) } ?? Tally()
    // Drawn to one half by thirty deals, so that a rep without history has no impossible rate.
    return ((Double(tally.won) + 15) / Double(tally.deals + 30), tally.deals)
  }

  private func isUnlikely(_ segment: Segment, _ streak: Streak) -> Bool {
    guard streak.length >= 4 else { return false }
    let chance = rate(segment).rate
    let same = streak.outcome == .lost ? 1 - chance : chance
    var expected = threshold * settings.falseAlarmsPerYear * (1 - same)
    for _ in 0..<streak.length { expected *= same }
    return expected <= settings.falseAlarmsPerYear
  }

  private func news(
    _ segment: Segment, _ streak: Streak, _ phase: TrendShift.Phase, openedAt: Timestamp, at instant: Timestamp
  ) -> TrendShift {
    let (rate, deals) = rate(segment)
    let verb = streak.outcome == .lost ? "lost" : "won"
    let what = segment.second.map { " \($0.value.text)" } ?? ""
    let ended = phase == .resolved ? ", and then \(streak.outcome == .lost ? "won" : "lost") one" : ""
    let (open, amount) = pipeline.total(in: segment)
    return TrendShift(
      kind: streak.outcome == .lost ? .losingStreak : .winningStreak, phase: phase, detector: .sequential,
      segment: segment.name,
      title: "\(segment.first.value.text) has \(verb) \(streak.length) consecutive\(what) deals\(ended)", before: rate,
      after: Double(streak.length), dealsBefore: deals, dealsAfter: streak.length, beganAt: streak.began,
      openedAt: openedAt, occurredAt: instant, openDeals: open, openAmount: amount,
      action: phase == .resolved
        ? nil
        : streak.outcome == .lost
          ? "Go through the last losses with \(segment.first.value.text) before the next proposal."
          : "Ask \(segment.first.value.text) what works, and show it to the team.", ledgerOffset: offset)
  }
}
