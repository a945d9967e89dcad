import FlyingFox
import FlyingSocks
import Foundation
import Logging

/// Serves `/metrics` (Prometheus), `/healthz` (the process answers) and `/readyz` (200, or 503 with the reasons).
///
/// It has no authentication and no TLS: bind it to loopback or to a network that only the monitoring reaches.
public actor StatusServer {
  /// Where it listens.
  public nonisolated let host: String
  private enum Start: Sendable {
    case listening
    case failed(String)
  }

  private let requestedPort: Int
  private let patience: Double
  private let metrics: @Sendable () -> String
  private let readiness: Readiness
  private let logger: Logger
  private var running: (server: HTTPServer, task: Task<Void, Never>)?

  /// A server that does not listen yet.
  ///
  /// - Parameters:
  ///   - host: An IPv4 or IPv6 address; 127.0.0.1 is reached from this machine alone.
  ///   - port: 0 for any that is free.
  ///   - patience: Seconds after which an answer that is not made is given up.
  ///   - logger: Is told the port.
  ///   - metrics: The text of `/metrics`. Called on Swift's cooperative threads: it must not block.
  public init(
    host: String = "127.0.0.1", port: Int = 0, patience: Double = 10, readiness: Readiness, logger: Logger,
    metrics: @escaping @Sendable () -> String
  ) {
    self.host = host
    self.requestedPort = port
    self.patience = patience
    self.readiness = readiness
    self.logger = logger
    self.metrics = metrics
  }

  /// Listens.
  ///
  /// - Returns: The port, which the system chose where 0 was asked for.
  /// - Throws: `StatusServerError`.
  @discardableResult
  public func start() async throws(StatusServerError) -> Int {
    guard running == nil else { throw .alreadyStarted }
    guard let port = UInt16(exactly: requestedPort) else { throw .wrongPort(requestedPort) }
    let server = HTTPServer(
      config: .init(address: try address(port), timeout: patience, sharedRequestReplaySize: 4_096, logger: .disabled))
    await route(server)
    let (stream, outcomes) = AsyncStream.makeStream(of: Start.self)
    let task = Task {
      do { try await server.run() } catch { outcomes.yield(.failed(Self.words(error))) }
    }
    let listening = Task {
      do {
        try await server.waitUntilListening(timeout: patience)
        outcomes.yield(.listening)
      } catch {
        outcomes.yield(.failed("it took too long"))
      }
    }
    defer { listening.cancel() }
    for await outcome in stream {
      if case .failed(let reason) = outcome {
        task.cancel()
        throw .cannotListen(host: host, port: requestedPort, reason: reason)
      }
      break
    }
    guard let chosen = await server.port else {
      task.cancel()
      throw .cannotListen(host: host, port: requestedPort, reason: "it has no port")
    }
    running = (server, task)
    logger.info("serving /metrics, /healthz and /readyz", metadata: ["host": "\(host)", "port": "\(chosen)"])
    return chosen
  }

  /// Stops listening; answers under way have a second to end.
  public func stop() async {
    guard let (server, task) = running else { return }
    running = nil
    await server.stop(timeout: 1)
    task.cancel()
    await task.value
  }

  private func address(_ port: UInt16) throws(StatusServerError) -> any SocketAddress {
    if let address = try? sockaddr_in.inet(ip4: host, port: port) { return address }
    if let address = try? sockaddr_in6.inet6(ip6: host, port: port) { return address }
    throw .wrongHost(host)
  }

  private func route(_ server: HTTPServer) async {
    let (metrics, readiness) = (metrics, readiness)
    await server.appendRoute("GET /metrics") { _ in
      Self.answer(.ok, metrics(), type: PrometheusMetrics.contentType)
    }
    await server.appendRoute("GET /healthz") { _ in Self.answer(.ok, "ok\n") }
    await server.appendRoute("GET /readyz") { _ in
      let reasons = readiness.reasons
      if reasons.isEmpty { return Self.answer(.ok, "ready\n") }
      let lines = reasons.map { "\($0.name): \($0.reason)\n" }.joined()
      return Self.answer(.serviceUnavailable, "not ready\n\(lines)")
    }
    await server.appendRoute("*") { _ in
      Self.answer(.notFound, "there is nothing here: ask for /metrics, /healthz or /readyz\n")
    }
  }

  private static func answer(
    _ status: HTTPStatusCode, _ text: String, type: String = "text/plain; charset=utf-8"
  ) -> HTTPResponse {
    HTTPResponse(
      statusCode: status, headers: [.contentType: type, .cacheControl: "no-store"], body: Data(text.utf8))
  }

  private static func words(_ error: any Error) -> String {
    if case SocketError.failed(_, _, let message) = error { return message }
    return "\(error)"
  }
}

extension HTTPServer {
  /// The port it listens on, nil where it does not.
  fileprivate var port: Int? {
    switch listeningAddress {
    case .ip4(_, let port), .ip6(_, let port): Int(port)
    default: nil
    }
  }
}
