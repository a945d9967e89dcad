import Deals

/// How long to wait after a failure: full jitter between nothing and a bound that doubles with each try.
public struct RetryPolicy: Hashable, Sendable {
  /// The first bound, in milliseconds.
  public var base: Int64 = 1_000
  /// The last bound, in milliseconds.
  public var cap: Int64 = 600_000
  /// After so long a message is given up for dead, in milliseconds.
  public var maximumAge: Int64 = 24 * 3_600_000

  /// 1 s doubling to 10 min, for a day.
  public init() {}

  /// The wait before the next try. Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
  public func delay(attempt: Int, random: (ClosedRange<Int64>) -> Int64) -> Int64 {
    let bound = min(cap, base << Int64(min(max(attempt - 1, 0), 20)))
    return random(0...bound)
  }
}

/// A receiver's circuit breaker and pauses.
public struct ReceiverHealth: Hashable, Sendable {
  private var failures = 0
  private var pausedUntil: Timestamp?
  /// Failures in a row from which on the receiver is left alone for a time.
  public static let limit = 5
  /// The longest time for which it is, in milliseconds.
  public static let longestPause: Int64 = 300_000

  /// A receiver that works.
  public init() {}

  /// When it may be tried again, nil where it may now.
  public func pause(at now: Timestamp) -> Timestamp? { pausedUntil.flatMap { now < $0 ? $0 : nil } }

  /// It answered.
  public mutating func succeeded() {
    failures = 0
    pausedUntil = nil
  }

  /// It failed; from the limit on one try is made after each pause.
  public mutating func failed(at now: Timestamp) {
    failures += 1
    guard failures >= Self.limit else { return }
    let length = min(Self.longestPause, 10_000 << Int64(min(failures - Self.limit, 10)))
    pausedUntil = now.adding(milliseconds: length)
  }

  /// It asked to wait.
  public mutating func asked(toWait milliseconds: Int64, at now: Timestamp) {
    pausedUntil = now.adding(milliseconds: milliseconds)
  }
}
