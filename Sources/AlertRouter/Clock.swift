import Deals
import Foundation

/// The wall clock as the router goes by it.
///
/// It follows jumps forward. A clock that is set back by a little runs slower here until the wall has caught up, so that no
/// moment comes twice; one that is set back by more than an hour had been wrong, and is followed.
struct Clock {
  /// A correction of more milliseconds is followed at once.
  static let largestSlew: Int64 = 3_600_000

  private let wall: () -> Int64
  private let monotonic: () -> Int64
  private var last: Int64 = 0
  private var lastMonotonic: Int64
  private var wasSetBack = false

  /// - Parameters:
  ///   - wall: Milliseconds since 1970 as the system says.
  ///   - monotonic: Milliseconds of a clock that nobody sets.
  init(
    wall: @escaping () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) },
    monotonic: @escaping () -> Int64 = { Int64(DispatchTime.now().uptimeNanoseconds / 1_000_000) }
  ) {
    self.wall = wall
    self.monotonic = monotonic
    lastMonotonic = monotonic()
  }

  /// The present.
  mutating func now() -> Timestamp {
    let (reading, tick) = (wall(), monotonic())
    let elapsed = max(0, tick - lastMonotonic)
    if reading >= last {
      last = reading
    } else if last - reading > Self.largestSlew {
      last = reading
      wasSetBack = true
    } else {
      // Half speed; an odd millisecond waits for the next call.
      last += elapsed / 2
      lastMonotonic = tick - elapsed % 2
      return Timestamp(milliseconds: last)
    }
    lastMonotonic = tick
    return Timestamp(milliseconds: last)
  }

  /// Whether the clock was set back by a large amount since the last call.
  mutating func takeSetBack() -> Bool {
    defer { wasSetBack = false }
    return wasSetBack
  }

  /// The wall clock's reading.
  static func wall() -> Timestamp { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
}
