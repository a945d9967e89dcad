import Deals
import Foundation

/// The wall clock, which never runs backwards here: a clock that is set back stands still until it has caught up.
struct Clock {
  private var last = Timestamp(milliseconds: 0)

  /// The present.
  mutating func now() -> Timestamp {
    last = max(last, Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)))
    return last
  }

  /// The wall clock's reading.
  static func wall() -> Timestamp? { Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)) }
}
