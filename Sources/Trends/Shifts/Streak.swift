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
  /// All deals of the segment: what the streak is held against where the segment is not watched.
  var tally = Tally()
}

extension TrendEngine {
  /// Judges the streaks that a close makes longer or ends: of its rep, and of its rep in its industry.
  ///
  /// A run of k losses at win rate p begins with a chance of p (1 − p)^k at each deal of a streak's own. Each deal extends
  /// two streaks, its rep's and that of its rep in its industry, so a year has twice as many beginnings as closed deals; a
  /// run is told when fewer of its length are expected among them than the false alarms that are allowed. What that asks for
  /// stands in docs/trends.md.
  mutating func streakNews(_ deal: ClosedDeal, at instant: Timestamp) -> [TrendShift] {
    guard let rep = deal.descriptors.rep else { return [] }
    var segments = [Segment(Segment.Part(.rep, rep))]
    if let industry = deal.descriptors.industry {
      segments.append(Segment(Segment.Part(.rep, rep), Segment.Part(.industry, industry)))
    }
    return segments.flatMap { extend($0, deal, at: instant) }
  }

  private mutating func extend(_ segment: Segment, _ deal: ClosedDeal, at instant: Timestamp) -> [TrendShift] {
    var tally = streaks[segment]?.tally ?? Tally()
    tally.count(deal)
    guard var streak = streaks[segment], streak.outcome == deal.outcome else {
      let ended = streaks[segment]
      streaks[segment] = Streak(outcome: deal.outcome, length: 1, began: deal.closedAt, told: nil, tally: tally)
      guard let ended, let told = ended.told else { return [] }
      return [news(segment, ended, .resolved, openedAt: told, at: instant)]
    }
    streak.length += 1
    streak.tally = tally
    defer { streaks[segment] = streak }
    if let told = streak.told { return [news(segment, streak, .updated, openedAt: told, at: instant)] }
    guard isUnlikely(segment, streak) else { return [] }
    streak.told = instant
    return [news(segment, streak, .opened, openedAt: instant, at: instant)]
  }

  /// What is known of the segment's win rate before a streak, as deals won and lost, and how many of them are its own.
  private func history(_ segment: Segment, before streak: Streak) -> (won: Double, lost: Double, deals: Int) {
    var own = watches[segment].map { $0.tallies.tally(0..<Int.max) } ?? streak.tally
    // The run itself says nothing of the rate that it is held against. A watch may have forgotten the weeks before.
    if streak.outcome == .won { own.won = max(0, own.won - streak.length) }
    if streak.outcome == .lost { own.lost = max(0, own.lost - streak.length) }
    let team = team.tally(0..<Int.max)
    // Drawn to the team's rate by thirty deals (the team's by thirty to one half): no rep has an impossible rate.
    let all = (Double(team.won) + 15) / Double(team.deals + 30)
    return (Double(own.won) + 30 * all, Double(own.lost) + 30 * (1 - all), own.deals)
  }

  private func isUnlikely(_ segment: Segment, _ streak: Streak) -> Bool {
    guard streak.length >= 4 else { return false }
    let history = history(segment, before: streak)
    let (same, other) = streak.outcome == .lost ? (history.lost, history.won) : (history.won, history.lost)
    // A year that has just begun may bring more than its first days promise.
    var expected = max(200, 2 * yearlyDeals) * other / (same + other)
    // The rate is not known, so the chance of the run is averaged over what it may be (beta-binomial): each deal of the run
    // makes the next one likelier.
    for index in 0..<streak.length { expected *= (same + Double(index)) / (same + other + Double(index)) }
    return expected <= settings.falseAlarmsPerYear
  }

  private func news(
    _ segment: Segment, _ streak: Streak, _ phase: TrendShift.Phase, openedAt: Timestamp, at instant: Timestamp
  ) -> TrendShift {
    let history = history(segment, before: streak)
    let (rate, deals) = (history.won / (history.won + history.lost), history.deals)
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
