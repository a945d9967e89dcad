import Logging

extension Logger {
  /// Says every key of a configuration with its value and source, so that what a program runs with is in its log.
  ///
  /// - Parameter effective: The keys, secrets hidden.
  public func configuration(_ effective: [(key: String, value: String, source: String)], level: Level = .info) {
    for (key, value, source) in effective {
      log(level: level, "configuration", metadata: ["key": "\(key)", "value": "\(value)", "source": "\(source)"])
    }
  }
}
