import Deals

/// The scores of the deals that closed in the last 90 days, for percentiles. A Fenwick tree over tenths of a point:
/// counting and asking cost O(log 1001).
struct ScoreDistribution: Sendable {
  /// Days that it looks back, the newest included.
  static let days = 90

  private struct DayScores: Sendable {
    var day: Day
    var tenths: [Int16]
  }

  /// The scores of each day within the span on which a deal closed, oldest first.
  private var days: [DayScores] = []
  /// How many scores have each number of tenths.
  private var counts = [Int32](repeating: 0, count: 1_001)
  private var tree = [Int32](repeating: 0, count: 1_002)
  private var total = 0
  private var today = Day(number: .min / 2)

  /// Per cent of the scores that are lower, equal ones counted half; nil while there are none.
  func percentile(of score: RiskScore) -> Double? {
    guard total > 0 else { return nil }
    let lower = Double(count(below: Int(score.tenths)))
    let equal = Double(counts[Int(score.tenths)])
    return ((lower + equal / 2) / Double(total) * 1_000).rounded() / 10
  }

  mutating func add(_ score: RiskScore, closedOn day: Day, today newToday: Day) {
    advance(to: newToday)
    guard today - day < Self.days else { return }
    days[place(of: day)].tenths.append(score.tenths)
    change(Int(score.tenths), by: 1)
  }

  mutating func remove(_ score: RiskScore, closedOn day: Day, today newToday: Day) {
    advance(to: newToday)
    guard let place = days.lastIndex(where: { $0.day == day }),
      let index = days[place].tenths.firstIndex(of: score.tenths)
    else { return }
    days[place].tenths.remove(at: index)
    change(Int(score.tenths), by: -1)
  }

  mutating func advance(to newToday: Day) {
    guard newToday > today else { return }
    today = newToday
    let past = days.firstIndex { newToday - $0.day < Self.days } ?? days.count
    for index in 0..<past {
      for score in days[index].tenths { change(Int(score), by: -1) }
    }
    days.removeFirst(past)
  }

  /// The index of a day's scores, which are made where there are none: nearly always the last.
  private mutating func place(of day: Day) -> Int {
    var index = days.count
    while index > 0, days[index - 1].day > day { index -= 1 }
    if index > 0, days[index - 1].day == day { return index - 1 }
    days.insert(DayScores(day: day, tenths: []), at: index)
    return index
  }

  private mutating func change(_ tenths: Int, by delta: Int32) {
    total += Int(delta)
    counts[tenths] += delta
    var index = tenths + 1
    while index < tree.count {
      tree[index] += delta
      index += index & -index
    }
  }

  private func count(below tenths: Int) -> Int32 {
    var sum: Int32 = 0
    var index = min(tenths, tree.count - 1)
    while index > 0 {
      sum += tree[index]
      index -= index & -index
    }
    return sum
  }
}
