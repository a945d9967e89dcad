import Deals

/// The scores of the deals that closed in the last 90 days, for percentiles. A Fenwick tree over tenths of a point:
/// counting and asking cost O(log 1001).
struct ScoreDistribution: Sendable {
  /// Days that it looks back, the newest included.
  static let days = 90

  private var scoresByDay: [Day: [Int16]] = [:]
  private var tree = [Int32](repeating: 0, count: 1_002)
  private var total = 0
  private var today = Day(number: .min / 2)

  /// Per cent of the scores that are lower, equal ones counted half; nil while there are none.
  func percentile(of score: RiskScore) -> Double? {
    guard total > 0 else { return nil }
    let lower = Double(count(below: Int(score.tenths)))
    let equal = Double(count(below: Int(score.tenths) + 1)) - lower
    return ((lower + equal / 2) / Double(total) * 1_000).rounded() / 10
  }

  mutating func add(_ score: RiskScore, closedOn day: Day, today newToday: Day) {
    advance(to: newToday)
    guard today - day < Self.days else { return }
    scoresByDay[day, default: []].append(score.tenths)
    change(Int(score.tenths), by: 1)
  }

  mutating func remove(_ score: RiskScore, closedOn day: Day, today newToday: Day) {
    advance(to: newToday)
    guard let index = scoresByDay[day]?.firstIndex(of: score.tenths) else { return }
    scoresByDay[day]?.remove(at: index)
    change(Int(score.tenths), by: -1)
  }

  mutating func advance(to newToday: Day) {
    guard newToday > today else { return }
    today = newToday
    for (day, scores) in scoresByDay where today - day >= Self.days {
      for score in scores { change(Int(score), by: -1) }
      scoresByDay[day] = nil
    }
  }

  private mutating func change(_ tenths: Int, by delta: Int32) {
    total += Int(delta)
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
