import Deals

/// The outcomes of one segment by day, with running sums over 28, 90 and 365 days and the whole ledger, and a rate that
/// forgets exponentially.
///
/// Only days on which a deal closed are kept, oldest first, up to the horizon: a segment with few deals costs little.
/// Counting costs O(1) for deals that close in order; moving on costs O(1) for each day that leaves a window. The windows move
/// when they are read, not when a deal is counted: the days that leave them lie far from those that come, and are fetched
/// from memory many at once instead of one by one.
struct SegmentWindows: Sendable {
  /// Days kept: what is older counts in `all` alone.
  static let horizonDays = 400

  /// Days that are kept before the windows move on without being read.
  private static let mostDays = 512

  private struct DayTally: Sendable {
    var day: Day
    var tally: OutcomeTally
  }

  private var days: [DayTally] = []
  private var today: Day
  private(set) var all = OutcomeTally()
  /// The last 28 days, the days before them back to 90, and those before them back to 365: a deal counts in one of them.
  private var spans = (OutcomeTally(), OutcomeTally(), OutcomeTally())
  /// For each window, the index of its first day in `days`.
  private var starts = (0, 0, 0)
  /// The days at `starts`, `never` where there is none: mostly they tell that nothing leaves, without a look at `days`.
  private var firsts = (Self.never, Self.never, Self.never)
  /// The index of the first day within the horizon. A day that is counted never lies before it.
  private var kept = 0
  /// The day at `kept`, `never` where there is none.
  private var firstKept = Self.never
  private static var never: Day { Day(number: .max) }
  /// Weights of won and lost deals, each 2^((day − 2000-01-01) / half-life): the common scale cancels in the rate.
  private var decayedWon = 0.0
  private var decayedLost = 0.0

  init(today: Day) { self.today = today }

  /// won / (won + lost) where a deal counts half as much for every half-life since it closed; nil while there are none.
  var decayedWinRate: Double? {
    let total = decayedWon + decayedLost
    return total > 0 && all.deals > 0 ? decayedWon / total : nil
  }

  /// The sum over a window that ends on the newest day.
  mutating func tally(_ window: BaselineWindow, today: Day) -> OutcomeTally {
    advance(to: today)
    return switch window {
    case .days28: spans.0
    case .days90: spans.0 + spans.1
    case .days365: spans.0 + spans.1 + spans.2
    case .all: all
    }
  }

  /// The deals won and lost of that sum: all that a win rate needs.
  @inline(__always)
  mutating func count(_ window: BaselineWindow, today: Day) -> OutcomeCount {
    advance(to: today)
    return switch window {
    case .days28: OutcomeCount(spans.0)
    case .days90: OutcomeCount(spans.0) + OutcomeCount(spans.1)
    case .days365: OutcomeCount(spans.0) + OutcomeCount(spans.1) + OutcomeCount(spans.2)
    case .all: OutcomeCount(all)
    }
  }

  /// What counting one closed deal, or taking it back, adds to every segment that it belongs to: worked out once.
  struct Addition {
    let tally: OutcomeTally
    let day: Day
    /// The deal's weight in decayed rates, negative where it is taken back.
    let weight: Double
    let isWon: Bool

    init(_ deal: ClosedDeal, sign: Int32, weight: Double) {
      tally = OutcomeTally(deal, sign: sign)
      day = deal.closedAt.day
      self.weight = Double(sign) * weight
      isWon = deal.outcome == .won
    }
  }

  /// Counts a closed deal, or takes it back.
  @inline(__always)
  mutating func count(_ addition: Addition, today: Day) {
    // Sums that are never read must not keep days for ever.
    if days.count >= Self.mostDays { advance(to: today) }
    all.add(addition.tally)
    if addition.isWon { decayedWon += addition.weight } else { decayedLost += addition.weight }
    guard today - addition.day < Self.horizonDays else { return }
    let index = place(of: addition.day)
    days[index].tally.add(addition.tally)
    if index >= starts.0 {
      spans.0.add(addition.tally)
    } else if index >= starts.1 {
      spans.1.add(addition.tally)
    } else if index >= starts.2 {
      spans.2.add(addition.tally)
    }
  }

  /// The index of a day's tally, which is made where there is none.
  @inline(__always)
  private mutating func place(of day: Day) -> Int {
    if let last = days.last, last.day == day { return days.count - 1 }
    return olderPlace(of: day)
  }

  private mutating func olderPlace(of day: Day) -> Int {
    var index = days.count
    while index > 0, days[index - 1].day >= day { index -= 1 }
    if index < days.count, days[index].day == day { return index }
    if index == days.count {
      days.append(DayTally(day: day, tally: OutcomeTally()))
    } else {
      days.insert(DayTally(day: day, tally: OutcomeTally()), at: index)
    }
    // A day before a window's first pushes that first one place on; a day inside a window does not.
    if index < starts.0 || (index == starts.0 && isBefore(28, day)) { starts.0 += 1 }
    if index < starts.1 || (index == starts.1 && isBefore(90, day)) { starts.1 += 1 }
    if index < starts.2 || (index == starts.2 && isBefore(365, day)) { starts.2 += 1 }
    firsts = (self.day(starts.0), self.day(starts.1), self.day(starts.2))
    firstKept = self.day(kept)
    return index
  }

  private func isBefore(_ length: Int, _ day: Day) -> Bool { today - day >= length }

  private func day(_ index: Int) -> Day { index < days.count ? days[index].day : Self.never }

  @inline(__always)
  private mutating func advance(to newToday: Day) {
    if newToday > today { move(to: newToday) }
  }

  private mutating func move(to newToday: Day) {
    today = newToday
    while isBefore(28, firsts.0) {
      spans.0.subtract(days[starts.0].tally)
      spans.1.add(days[starts.0].tally)
      starts.0 += 1
      firsts.0 = day(starts.0)
    }
    while isBefore(90, firsts.1) {
      spans.1.subtract(days[starts.1].tally)
      spans.2.add(days[starts.1].tally)
      starts.1 += 1
      firsts.1 = day(starts.1)
    }
    while isBefore(365, firsts.2) {
      spans.2.subtract(days[starts.2].tally)
      starts.2 += 1
      firsts.2 = day(starts.2)
    }
    if isBefore(Self.horizonDays, firstKept) { dropPastHorizon() }
  }

  /// Drops old days in blocks of 64 and more, so that the array is not moved for each of them.
  private mutating func dropPastHorizon() {
    while isBefore(Self.horizonDays, firstKept) {
      kept += 1
      firstKept = day(kept)
    }
    guard kept >= 64 else { return }
    days.removeFirst(kept)
    starts.0 -= kept
    starts.1 -= kept
    starts.2 -= kept
    kept = 0
  }
}
