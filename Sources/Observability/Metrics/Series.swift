/// The values of one metric under one set of labels.
protocol Series: AnyObject, Sendable {
  /// Appends the samples.
  func write(name: String, labels: String, to text: inout String)
}

/// A line of the exposition.
enum Sample {
  static func line(_ name: String, _ labels: String, _ value: Double) -> String {
    "\(name)\(labels.isEmpty ? "" : "{\(labels)}") \(MetricName.number(value))\n"
  }
}
