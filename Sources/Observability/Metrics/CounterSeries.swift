import CoreMetrics
import Synchronization

/// A number that only grows. Safe from any thread.
final class CounterSeries: Series, CounterHandler, FloatingPointCounterHandler {
  private let total = AtomicNumber()

  func increment(by amount: Int64) { increment(by: Double(amount)) }

  /// A negative amount is dropped: readers take a number that falls for a restart.
  func increment(by amount: Double) {
    if amount > 0 { total.add(amount) }
  }

  func reset() { total.set(0) }

  func write(name: String, labels: String, to text: inout String) {
    text += Sample.line(name, labels, total.value)
  }
}
