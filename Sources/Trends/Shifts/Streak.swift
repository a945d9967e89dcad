import Deals

/// Wins or losses in a row, at the end of what was told of a segment.
struct Streak: Sendable {
  /// One outcome that repeats.
  struct Run: Hashable, Sendable {
    /// The outcome.
    var outcome: Outcome
    /// How often it came in a row.
    var length: Int
    /// When the first of them closed.
    var began: Timestamp
  }

  /// How a run comes to its end.
  enum End {
    /// The other outcome came.
    case broken
    /// A deal turned out to have ended otherwise, to be open, or to be another segment's.
    case putRight
  }

  /// A deal as it stands now, in the place in which it was first told.
  private struct Close {
    var id: DealID
    var outcome: Outcome
    var closedAt: Timestamp
  }

  /// The run that lasts; nil without deals.
  private(set) var run: Run?
  /// When the run was told; nil while it was not.
  var told: Timestamp?
  /// All deals of the segment: what the streak is held against where the segment is not watched.
  private(set) var tally = Tally()
  /// The deals of the run, and some before it: where one of them is put right, the run is found anew.
  private var closes: [Close] = []

  /// Deals that are kept before a run. What was told longer ago is not put right here: it no longer touches the run.
  private static let before = 32

  /// Takes in a deal that has closed.
  mutating func append(_ deal: ClosedDeal, _ id: DealID) {
    tally.count(deal)
    closes.append(Close(id: id, outcome: deal.outcome, closedAt: deal.closedAt))
    if run?.outcome == deal.outcome {
      run?.length += 1
    } else {
      run = Run(outcome: deal.outcome, length: 1, began: deal.closedAt)
    }
    let surplus = closes.count - (run?.length ?? 0) - Self.before
    // Dropped in blocks, so that the array is not moved with every deal.
    if surplus > Self.before { closes.removeFirst(surplus) }
  }

  /// Takes back a deal that is open again, deleted, or another segment's.
  mutating func remove(_ deal: ClosedDeal, _ id: DealID) {
    tally.takeBack(deal)
    guard let place = place(of: id) else { return }
    closes.remove(at: place)
    findRun()
  }

  /// Takes in that a deal has ended otherwise, or at another time: it keeps its place.
  mutating func replace(_ old: ClosedDeal, by new: ClosedDeal, _ id: DealID) {
    tally.takeBack(old)
    tally.count(new)
    guard let place = place(of: id) else { return }
    closes[place] = Close(id: id, outcome: new.outcome, closedAt: new.closedAt)
    findRun()
  }

  /// Takes in a deal that was told as another segment's: its place is by its close, as nobody knows when it would have been
  /// told.
  mutating func insert(_ deal: ClosedDeal, _ id: DealID) {
    tally.count(deal)
    let place = (closes.lastIndex { $0.closedAt <= deal.closedAt } ?? -1) + 1
    closes.insert(Close(id: id, outcome: deal.outcome, closedAt: deal.closedAt), at: place)
    findRun()
  }

  private func place(of id: DealID) -> Int? { closes.lastIndex { $0.id == id } }

  private mutating func findRun() {
    guard let last = closes.last else {
      run = nil
      return
    }
    let start = (closes.lastIndex { $0.outcome != last.outcome } ?? -1) + 1
    run = Run(outcome: last.outcome, length: closes.count - start, began: closes[start].closedAt)
  }
}

extension TrendEngine {
  /// Judges the streaks that an entry makes longer, ends or puts right: of its rep, and of its rep in its industry.
  ///
  /// A deal counts once, however often it is amended, in the place in which it was first told.
  ///
  /// A run of k losses at win rate p begins with a chance of p (1 − p)^k at each deal of a streak's own. Each deal extends
  /// two streaks, its rep's and that of its rep in its industry, so a year has twice as many beginnings as closed deals; a
  /// run is told when fewer of its length are expected among them than the false alarms that are allowed. What that asks for
  /// stands in docs/trends.md.
  mutating func streakNews(_ entry: LedgerEntry) -> [TrendShift] {
    let (id, instant) = (entry.dealID, entry.occurredAt)
    switch entry.content {
    case .adds(let deal):
      return Self.streakSegments(deal).flatMap { change($0, .broken, at: instant) { $0.append(deal, id) } }
    case .retracts(let deal):
      return Self.streakSegments(deal).flatMap { change($0, .putRight, at: instant) { $0.remove(deal, id) } }
    case .amends(let old, let new):
      return amendStreaks(old, new, id, at: instant)
    }
  }

  private mutating func amendStreaks(
    _ old: ClosedDeal, _ new: ClosedDeal, _ id: DealID, at instant: Timestamp
  ) -> [TrendShift] {
    let (before, after) = (Self.streakSegments(old), Self.streakSegments(new))
    var news: [TrendShift] = []
    for segment in before where !after.contains(segment) {
      news += change(segment, .putRight, at: instant) { $0.remove(old, id) }
    }
    for segment in after {
      if !before.contains(segment) {
        news += change(segment, .putRight, at: instant) { $0.insert(new, id) }
      } else if (old.outcome, old.closedAt) != (new.outcome, new.closedAt) {
        news += change(segment, .putRight, at: instant) { $0.replace(old, by: new, id) }
      }
    }
    return news
  }

  private static func streakSegments(_ deal: ClosedDeal) -> [Segment] {
    guard let rep = deal.descriptors.rep.map({ Segment.Part(.rep, $0) }) else { return [] }
    guard let industry = deal.descriptors.industry else { return [Segment(rep)] }
    return [Segment(rep), Segment(rep, Segment.Part(.industry, industry))]
  }

  /// Changes a segment's streak, and tells what that makes of its run.
  private mutating func change(
    _ segment: Segment, _ end: Streak.End, at instant: Timestamp, _ body: (inout Streak) -> Void
  ) -> [TrendShift] {
    let (before, told) = (streaks[segment]?.run, streaks[segment]?.told)
    // In place: a copy would copy the deals of the run.
    body(&streaks[segment, default: Streak()])
    guard let streak = streaks[segment], streak.run?.length != before?.length || streak.run?.outcome != before?.outcome
    else { return [] }
    var news: [TrendShift] = []
    if let told, let before {
      if let run = streak.run, run.outcome == before.outcome,
        run.length >= before.length || isUnlikely(segment, run, streak.tally)
      {
        return [self.news(segment, run, streak.tally, .updated, openedAt: told, at: instant)]
      }
      streaks[segment]?.told = nil
      news.append(self.news(segment, before, streak.tally, .resolved, end, openedAt: told, at: instant))
    }
    guard let run = streak.run, isUnlikely(segment, run, streak.tally) else { return news }
    streaks[segment]?.told = instant
    return news + [self.news(segment, run, streak.tally, .opened, openedAt: instant, at: instant)]
  }

  /// What is known of the segment's win rate before a streak, as deals won and lost, and how many of them are its own.
  private func history(
    _ segment: Segment, before run: Streak.Run, _ tally: Tally
  ) -> (won: Double, lost: Double, deals: Int) {
    var own = watches[segment].map { $0.tallies.tally(0..<Int.max) } ?? tally
    // The run itself says nothing of the rate that it is held against. A watch may have forgotten the weeks before.
    if run.outcome == .won { own.won = max(0, own.won - run.length) }
    if run.outcome == .lost { own.lost = max(0, own.lost - run.length) }
    let team = team.tally(0..<Int.max)
    // Drawn to the team's rate by thirty deals (the team's by thirty to one half): no rep has an impossible rate.
    let all = (Double(team.won) + 15) / Double(team.deals + 30)
    return (Double(own.won) + 30 * all, Double(own.lost) + 30 * (1 - all), own.deals)
  }

  private func isUnlikely(_ segment: Segment, _ run: Streak.Run, _ tally: Tally) -> Bool {
    guard run.length >= 4 else { return false }
    let history = history(segment, before: run, tally)
    let (same, other) = run.outcome == .lost ? (history.lost, history.won) : (history.won, history.lost)
    // A year that has just begun may bring more than its first days promise.
    var expected = max(200, 2 * yearlyDeals) * other / (same + other)
    // The rate is not known, so the chance of the run is averaged over what it may be (beta-binomial): each deal of the run
    // makes the next one likelier.
    for index in 0..<run.length { expected *= (same + Double(index)) / (same + other + Double(index)) }
    return expected <= settings.falseAlarmsPerYear
  }

  private func news(
    _ segment: Segment, _ run: Streak.Run, _ tally: Tally, _ phase: TrendShift.Phase, _ end: Streak.End = .broken,
    openedAt: Timestamp, at instant: Timestamp
  ) -> TrendShift {
    let history = history(segment, before: run, tally)
    let (rate, deals) = (history.won / (history.won + history.lost), history.deals)
    let (open, amount) = pipeline.total(in: segment)
    return TrendShift(
      kind: run.outcome == .lost ? .losingStreak : .winningStreak, phase: phase, detector: .sequential,
      segment: segment.name, title: ShiftText.streak(segment, run, phase == .resolved ? end : nil), before: rate,
      after: Double(run.length), dealsBefore: deals, dealsAfter: run.length, beganAt: run.began,
      openedAt: openedAt, occurredAt: instant, openDeals: open, openAmount: amount,
      action: phase == .resolved
        ? nil
        : run.outcome == .lost
          ? "Go through the last losses with \(segment.first.value.text) before the next proposal."
          : "Ask \(segment.first.value.text) what works, and show it to the team.", ledgerOffset: offset)
  }
}
