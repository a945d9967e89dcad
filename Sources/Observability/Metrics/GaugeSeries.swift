import CoreMetrics

/// A number that goes up and down. Safe from any thread.
final class GaugeSeries: Series, RecorderHandler, MeterHandler {
  private let current = AtomicNumber()

  func record(_ value: Int64) { current.set(Double(value)) }
  func record(_ value: Double) { current.set(value) }
  func set(_ value: Int64) { current.set(Double(value)) }
  func set(_ value: Double) { current.set(value) }
  func increment(by amount: Double) { current.add(amount) }
  func decrement(by amount: Double) { current.add(-amount) }

  func write(name: String, labels: String, to text: inout String) {
    text += Sample.line(name, labels, current.value)
  }
}
