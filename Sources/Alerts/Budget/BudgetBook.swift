import Deals

/// How many messages each person has had today, in their own zone.
public struct BudgetBook: Codable, Hashable, Sendable {
  private struct Line: Codable, Hashable, Sendable {
    var day: Int32
    var used: Int
  }
  private var lines: [String: Line] = [:]

  /// Nobody has had any.
  public init() {}

  /// Takes one message out of a person's budget; false where it is used up.
  public mutating func take(_ personID: String, budget: Int, zone: Zone, at now: Timestamp) -> Bool {
    let today = zone.local(now).day.number
    var line = lines[personID] ?? Line(day: today, used: 0)
    if line.day != today { line = Line(day: today, used: 0) }
    guard line.used < budget else { return false }
    line.used += 1
    lines[personID] = line
    return true
  }

  /// Messages that a person has had today.
  public func used(_ personID: String, zone: Zone, at now: Timestamp) -> Int {
    guard let line = lines[personID], line.day == zone.local(now).day.number else { return 0 }
    return line.used
  }
}
