import Deals

/// How many messages each person has had today, in their own zone.
public struct BudgetBook: Codable, Hashable, Sendable {
  private struct Line: Codable, Hashable, Sendable {
    var day: Int32
    var used: Int
    /// The dollars of the largest message; nil where an older router wrote this.
    var largest: Money?
  }
  private var lines: [String: Line] = [:]

  /// What other routers have said to somebody today.
  struct Said {
    var messages: Int
    var largest: Money
  }

  /// Nobody has had any.
  public init() {}

  /// Takes one message out of a person's budget; false where it is used up.
  ///
  /// A budget that is used up in the morning must not hold the day's largest deal back: what has more dollars than all that was
  /// said before still goes out, up to a third of the budget again.
  mutating func take(
    _ personID: String, _ dollars: Money, budget: Int, elsewhere: Said, zone: Zone, at now: Timestamp
  ) -> Bool {
    let today = zone.local(now).day.number
    var line = lines[personID] ?? Line(day: today, used: 0)
    if line.day != today { line = Line(day: today, used: 0) }
    let used = line.used + elsewhere.messages
    let largest = max(line.largest ?? .zero, elsewhere.largest)
    let isWithin = used < budget
    let isLargest = budget > 0 && dollars > largest && used < budget + max(1, budget / 3)
    guard isWithin || isLargest else { return false }
    line.used += 1
    line.largest = max(line.largest ?? .zero, dollars)
    lines[personID] = line
    return true
  }

  /// Messages that a person has had today.
  public func used(_ personID: String, zone: Zone, at now: Timestamp) -> Int { today(personID, zone, now)?.used ?? 0 }

  /// The dollars of the largest message that a person has had today.
  public func largest(_ personID: String, zone: Zone, at now: Timestamp) -> Money {
    today(personID, zone, now)?.largest ?? .zero
  }

  private func today(_ personID: String, _ zone: Zone, _ now: Timestamp) -> Line? {
    lines[personID].flatMap { $0.day == zone.local(now).day.number ? $0 : nil }
  }
}
