/// Why a status server does not listen.
public enum StatusServerError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The port is none.
  case wrongPort(Int)
  /// The host is no address.
  case wrongHost(String)
  /// The system refuses.
  case cannotListen(host: String, port: Int, reason: String)
  /// `start` was called before.
  case alreadyStarted

  /// What is wrong and what to do.
  public var description: String {
    switch self {
    case .wrongPort(let port): "metrics.port is \(port): give 0 to 65535"
    case .wrongHost(let host): "metrics.host is \(host): give an IPv4 or IPv6 address, such as 127.0.0.1"
    case .cannotListen(let host, let port, let reason):
      "\(host) port \(port) can't be listened on (\(reason)): free it, or set metrics.port to another or to 0"
    case .alreadyStarted: "the status server listens already: start it once"
    }
  }
}
