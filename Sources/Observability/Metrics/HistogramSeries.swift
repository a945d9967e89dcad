import CoreMetrics
import Synchronization

/// How often values fell into fixed buckets, and their sum. Safe from any thread.
final class HistogramSeries: Series, RecorderHandler, TimerHandler {
  private struct State {
    /// One for each bound, and one for what is above all.
    var counts: [Int64]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Mutex<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    // One that is not a number would spoil the sum for ever.
    guard !value.isNaN else { return }
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock {
      $0.counts[bucket] += 1
      $0.sum += value
    }
  }

  /// Timers count in seconds, Prometheus' unit of time.
  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func write(name: String, labels: String, to text: inout String) {
    let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
    let comma = labels.isEmpty ? "" : ","
    var below: Int64 = 0
    for (bound, count) in zip(bounds + [.infinity], counts) {
      below += count
      text += Sample.line("\(name)_bucket", "\(labels)\(comma)le=\"\(MetricName.number(bound))\"", Double(below))
    }
    text += Sample.line("\(name)_sum", labels, sum)
    text += Sample.line("\(name)_count", labels, Double(below))
  }
}
