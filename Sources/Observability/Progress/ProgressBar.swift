import Foundation

/// How far a long piece of work has come: a bar that is redrawn on a terminal, elsewhere a line now and then.
///
/// Belongs to one thread.
public struct ProgressBar {
  private let label: String
  private let unit: String
  private let total: Int?
  private let isTerminal: Bool
  private let interval: Duration
  private let now: () -> ContinuousClock.Instant
  private let write: (String) -> Void
  private let start: ContinuousClock.Instant
  /// What had been done before.
  private let before: (done: Int, share: Double)
  private var shown: ContinuousClock.Instant

  /// A bar that has shown nothing yet.
  ///
  /// - Parameters:
  ///   - label: What is being done, such as "restoring".
  ///   - unit: What is counted, such as "deals".
  ///   - total: How many there will be, nil where nobody knows: then there is no bar and no time left.
  ///   - before: What had been done before, of work that goes on: the rate and the time left are those of the rest.
  ///   - lineInterval: How often a line is written where there is no terminal; a bar is redrawn four times a second.
  ///   - isTerminal: nil asks standard error.
  ///   - now: The time, for tests.
  ///   - write: Takes text as it is; standard error where nothing is given.
  public init(
    _ label: String, unit: String, total: Int? = nil, before: (done: Int, share: Double?) = (0, nil),
    lineInterval: Duration = .seconds(10), isTerminal: Bool? = nil,
    now: @escaping () -> ContinuousClock.Instant = { .now },
    write: @escaping (String) -> Void = { try? FileHandle.standardError.write(contentsOf: Data($0.utf8)) }
  ) {
    self.label = label
    self.unit = unit
    self.total = total
    self.before = (before.done, before.share ?? 0)
    self.isTerminal = isTerminal ?? (isatty(FileHandle.standardError.fileDescriptor) == 1)
    self.interval = self.isTerminal ? .milliseconds(250) : lineInterval
    self.now = now
    self.write = write
    start = now()
    shown = start
  }

  /// So much is done; tells it where the last time is long enough ago.
  ///
  /// - Parameter share: How much of the whole that is, 0 to 1, where it is known otherwise than by the total.
  public mutating func show(_ done: Int, share: Double? = nil) {
    let instant = now()
    guard instant - shown >= interval else { return }
    shown = instant
    tell(line(done, share, at: instant), isLast: false)
  }

  /// All is done, or no more will be: always tells it, with the rate over all.
  public func end(_ done: Int) {
    let instant = now()
    let seconds = (instant - start) / .seconds(1)
    let all = before.done > 0 ? "; \(done) with those before" : ""
    let own = done - before.done
    tell("\(label): \(own) \(unit) in \(Self.length(seconds)), \(rate(done, seconds))/s\(all)", isLast: true)
  }

  private func tell(_ line: String, isLast: Bool) {
    guard isTerminal else { return write(line + "\n") }
    // Return to the line's start, write over it, and clear what stood longer.
    write("\r\(line)\u{1B}[K\(isLast ? "\n" : "")")
  }

  private func line(_ done: Int, _ known: Double?, at instant: ContinuousClock.Instant) -> String {
    let seconds = (instant - start) / .seconds(1)
    let counted = total.flatMap { $0 > 0 ? Double(done) / Double($0) : nil }
    guard let share = (known ?? counted).map({ min(1, max(0, $0)) }) else {
      return "\(label): \(done) \(unit), \(rate(done, seconds))/s"
    }
    let own = share - before.share
    let left = own > 0 ? ", \(Self.length(seconds / own * (1 - share))) left" : ""
    let filled = Int(share * 20)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
    let whole = total.map { " of \($0)" } ?? ""
    let counts = "\(Int(share * 100))%  \(done)\(whole) \(unit), \(rate(done, seconds))/s\(left)"
    return isTerminal ? "\(label) \(bar) \(counts)" : "\(label): \(counts)"
  }

  private func rate(_ done: Int, _ seconds: Double) -> Int { Int(Double(done - before.done) / max(0.001, seconds)) }

  /// Such as 45 s, 3 min 20 s or 2 h 5 min.
  private static func length(_ seconds: Double) -> String {
    let whole = Int(min(seconds, 1e9).rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3_600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3_600) h \(whole % 3_600 / 60) min"
  }
}
