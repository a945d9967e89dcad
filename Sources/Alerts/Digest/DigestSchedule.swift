import Deals

/// A recurring message: daily, on a weekday, or on a day of the month, at a time of a zone's wall clock.
public struct DigestSchedule: Hashable, Sendable {
  /// How often.
  public enum Cadence: Hashable, Sendable {
    /// Each day.
    case daily
    /// Each week on a day, 1 for Monday.
    case weekly(weekday: Int)
    /// Each month on a day, 1 to 28.
    case monthly(day: Int)
  }

  /// Its name, part of what is remembered: a renamed schedule starts anew.
  public var name: String
  /// How often.
  public var cadence: Cadence
  /// Minutes after midnight on the wall clock.
  public var minute: Int
  /// Whose wall clock.
  public var zone: Zone
  /// Through which receiver.
  public var receiver: String
  /// To whom: one message for each person of the audience, or one for the channel.
  public var audience: Audience

  /// A schedule.
  public init(name: String, cadence: Cadence, minute: Int, zone: Zone, receiver: String, audience: Audience) {
    self.name = name
    self.cadence = cadence
    self.minute = minute
    self.zone = zone
    self.receiver = receiver
    self.audience = audience
  }

  /// The purpose of its messages.
  public var purpose: MessagePurpose {
    switch cadence {
    case .daily: .daily
    case .weekly: .weekly
    case .monthly: .monthly
    }
  }

  /// The day whose time is the latest that is not after a moment: it names the period.
  public func latestDay(at now: Timestamp) -> Day {
    var day = zone.local(now).day
    // A month and a day reach back to a fitting day of every cadence.
    for _ in 0...62 {
      if falls(on: day), zone.instant(day, minute: minute) <= now { return day }
      day = day.adding(-1)
    }
    return day
  }

  private func falls(on day: Day) -> Bool {
    switch cadence {
    case .daily: true
    case .weekly(let weekday): day.weekday == weekday
    case .monthly(let number): day.civil.day == number
    }
  }
}

/// Which period of each schedule was sent last.
public struct DigestCalendar: Codable, Hashable, Sendable {
  private var lastDays: [String: Int32] = [:]

  /// Nothing was sent.
  public init() {}

  /// Takes in what another router has sent.
  mutating func merge(_ other: DigestCalendar) { lastDays.merge(other.lastDays) { max($0, $1) } }

  /// After a clock ran ahead and was set back: periods that have not come yet were not sent.
  mutating func limit(_ schedules: [DigestSchedule], to now: Timestamp) {
    for schedule in schedules {
      guard let last = lastDays[schedule.name] else { continue }
      lastDays[schedule.name] = min(last, schedule.latestDay(at: now).number)
    }
  }

  /// The day that names a schedule's period where that is due and was not sent; it counts as sent from now on.
  ///
  /// A schedule that is seen for the first time starts with its next period: nobody waits for a digest of the time before.
  public mutating func takeDue(_ schedule: DigestSchedule, at now: Timestamp) -> Day? {
    let day = schedule.latestDay(at: now)
    guard let last = lastDays[schedule.name] else {
      lastDays[schedule.name] = day.number
      return nil
    }
    // A clock that was set back must not send a period again.
    guard day.number > last else { return nil }
    lastDays[schedule.name] = day.number
    return day
  }
}
