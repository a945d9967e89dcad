import Deals
import struct Foundation.Date

extension Timestamp {
  /// The machine's clock, rounded down to the millisecond. It may jump back when the clock is set: measure lengths of time
  /// with `ContinuousClock`. The engines never ask: they are told the time.
  public static var now: Timestamp {
    Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
  }
}
