import Configuration
import Foundation

/// The keys of logging and metrics, the same in every program.
public enum ObservabilityKeys {
  /// swift-log's levels.
  public enum Level: String, ConfigurationWord {
    /// Everything, every step included.
    case trace
    /// What helps to find a fault.
    case debug
    /// What an operator may want to know.
    case info
    /// What is normal but rare.
    case notice
    /// What may need a person.
    case warning
    /// What failed.
    case error
    /// What ends the program.
    case critical
  }

  /// `logging.level`.
  public static let level = ConfigurationKey("logging.level", default: Level.info, "What is logged, and all above it.")
  /// `logging.format`.
  public static let format = ConfigurationKey(
    "logging.format", default: LogFormat.auto, "How log lines look; auto is text on a terminal, JSON elsewhere.")
  /// `metrics.host`.
  public static let host = ConfigurationKey(
    "metrics.host", default: "127.0.0.1",
    "The address that /metrics, /healthz and /readyz are served on, without a login: keep it off open networks."
  ) { text in
    var (four, six) = (in_addr(), in6_addr())
    let isAddress = inet_pton(AF_INET, text, &four) == 1 || inet_pton(AF_INET6, text, &six) == 1
    return isAddress ? nil : "must be an IPv4 or IPv6 address, such as 127.0.0.1 or ::1"
  }
  /// `metrics.port`.
  public static let port = ConfigurationKey(
    "metrics.port", default: 0, in: 0...65_535, "Their port; 0 for any that is free, which the log then names.")

  /// All of them, for a program's schema.
  public static let all: [KeyDeclaration] = [
    level.declaration, format.declaration, host.declaration, port.declaration,
  ]
}
