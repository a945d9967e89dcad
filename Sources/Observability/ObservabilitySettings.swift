import Configuration
import CoreMetrics
import Logging

/// How a program logs and where it can be asked how it is.
public struct ObservabilitySettings: Sendable {
  /// Events below it are not logged.
  public var level: Logger.Level = .info
  /// How log lines look.
  public var format = LogFormat.auto
  /// The status server's address.
  public var host = "127.0.0.1"
  /// The status server's port; 0 for any that is free.
  public var port = 0

  /// The defaults.
  public init() {}

  /// What a configuration says whose schema has `ObservabilityKeys.all`.
  public init(_ configuration: Configuration) {
    level = Logger.Level(rawValue: configuration[ObservabilityKeys.level].rawValue) ?? .info
    format = configuration[ObservabilityKeys.format]
    host = configuration[ObservabilityKeys.host]
    port = configuration[ObservabilityKeys.port]
  }

  /// Makes every logger of this process write lines on standard error. Once in a process, before the first logger is made.
  public func bootstrapLogging() {
    let (level, format) = (level, format)
    LoggingSystem.bootstrap(
      { label, provider in
        LineLogHandler(label: label, level: level, format: format, metadataProvider: provider)
      }, metadataProvider: nil)
  }

  /// Makes every metric of this process count in a registry. Once in a process, before the first metric is made: those
  /// made earlier count nowhere.
  public func bootstrapMetrics(_ metrics: PrometheusMetrics) { MetricsSystem.bootstrap(metrics) }

  /// The server of `/metrics`, `/healthz` and `/readyz`, not listening yet.
  public func statusServer(_ metrics: PrometheusMetrics, readiness: Readiness, logger: Logger) -> StatusServer {
    StatusServer(host: host, port: port, readiness: readiness, logger: logger) { metrics.text }
  }
}
