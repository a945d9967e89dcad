import Deals

/// Deals won and lost by the week in which they closed, for the last three years: all that the detector needs of a segment.
public struct WeeklyTallies: Hashable, Sendable {
  /// Weeks that are kept.
  static let horizon = 156

  /// The number of the first week that is kept.
  private(set) var first = 0
  private var won: [Int32] = []
  private var lost: [Int32] = []

  /// No deals.
  public init() {}

  /// The number of a day's week, counted from Monday 1969-12-29.
  public static func week(of day: Day) -> Int {
    let shifted = Int(day.number) + 3
    return shifted >= 0 ? shifted / 7 : (shifted - 6) / 7
  }

  /// The Monday of a week.
  public static func monday(_ week: Int) -> Day { Day(number: Int32(week * 7 - 3)) }

  /// The week after the last one that is kept.
  var end: Int { first + won.count }

  /// Counts a deal, or takes it back with −1. A week before the horizon changes nothing.
  public mutating func count(_ outcome: Outcome, week: Int, sign: Int32 = 1) {
    if won.isEmpty { first = week }
    if week < first {
      guard end - week <= Self.horizon else { return }
      won.insert(contentsOf: repeatElement(0, count: first - week), at: 0)
      lost.insert(contentsOf: repeatElement(0, count: first - week), at: 0)
      first = week
    }
    while end <= week {
      won.append(0)
      lost.append(0)
    }
    if outcome == .won { won[week - first] += sign } else { lost[week - first] += sign }
    let surplus = won.count - Self.horizon
    // Dropped in blocks, so that the arrays are not moved every week.
    guard surplus >= 16 else { return }
    won.removeFirst(surplus)
    lost.removeFirst(surplus)
    first += surplus
  }

  /// Forgets what lies before a week: what came before is no baseline any more.
  mutating func forget(before week: Int) {
    let surplus = min(max(0, week - first), won.count)
    won.removeFirst(surplus)
    lost.removeFirst(surplus)
    first += surplus
  }

  /// The deals of some weeks.
  public func tally(_ weeks: Range<Int>) -> Tally {
    var tally = Tally()
    let (low, high) = (max(weeks.lowerBound, first), min(weeks.upperBound, end))
    guard low < high else { return tally }
    for week in low..<high {
      tally.won += Int(won[week - first])
      tally.lost += Int(lost[week - first])
    }
    return tally
  }

  func week(_ week: Int) -> (won: Int32, lost: Int32) {
    week >= first && week < end ? (won[week - first], lost[week - first]) : (0, 0)
  }
}
