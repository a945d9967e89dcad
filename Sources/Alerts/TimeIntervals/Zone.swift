import Deals
import Foundation

/// A time zone of the IANA database.
public struct Zone: Hashable, Sendable {
  /// A wall clock's reading.
  public struct LocalTime: Hashable, Sendable {
    /// The date.
    public var day: Day
    /// Minutes since midnight on the wall clock, 0 to 1439.
    public var minute: Int
  }

  private let zone: TimeZone

  /// The zone of a name such as Europe/Berlin, nil where the database has none.
  public init?(_ name: String) {
    guard let zone = TimeZone(identifier: name) else { return nil }
    self.zone = zone
  }

  private init(zone: TimeZone) { self.zone = zone }

  /// Universal time.
  public static let utc = Zone(zone: .gmt)

  /// The name.
  public var name: String { zone.identifier }

  /// What the wall clock shows.
  public func local(_ instant: Timestamp) -> LocalTime {
    let shifted = instant.adding(milliseconds: offset(at: instant))
    let day = shifted.day
    return LocalTime(day: day, minute: Int((shifted.milliseconds - Timestamp(day).milliseconds) / 60_000))
  }

  /// The first instant at which the wall clock shows a time of a day, or has passed it where that day skips it.
  public func instant(_ day: Day, minute: Int) -> Timestamp {
    let wall = Timestamp(day).adding(milliseconds: Int64(minute) * 60_000)
    // The offset in force is that of some instant within a day of the wall time; the earliest match is the first reading.
    let offsets = Set([-1, 0, 1].map { offset(at: wall.adding(days: $0)) }).sorted(by: >)
    let candidates = offsets.map { wall.adding(milliseconds: -$0) }
    if let match = candidates.first(where: { local($0) == LocalTime(day: day, minute: minute) }) { return match }
    return candidates.last ?? wall
  }

  private func offset(at instant: Timestamp) -> Int64 {
    let date = Date(timeIntervalSince1970: Double(instant.milliseconds) / 1_000)
    return Int64(zone.secondsFromGMT(for: date)) * 1_000
  }
}
