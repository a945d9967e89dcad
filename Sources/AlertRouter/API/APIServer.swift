import FlyingFox
import FlyingSocks
import Foundation
import Kafka
import Logging
import Synchronization

/// Serves the router's interface over HTTP. No TLS: bind it to loopback, or put a proxy in front.
final class APIServer: Sendable {
  private let server: HTTPServer
  private let task: Task<Void, Never>

  /// Listens; blocks until it does, so not from a task.
  ///
  /// - Parameter address: `127.0.0.1:9095`, or port 0 for any that is free.
  /// - Throws: `Failure` where the address can't be listened at.
  static func start(_ api: RouterAPI, at address: String, logger: Logger) throws -> (server: APIServer, port: Int) {
    guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]),
      let socket = try? sockaddr_in.inet(ip4: String(address[..<colon]), port: port)
    else {
      throw Failure("--listen \(address): write an IPv4 address and a port, such as 127.0.0.1:9095")
    }
    let server = HTTPServer(
      config: .init(address: socket, timeout: 10, sharedRequestReplaySize: RouterAPI.maximumBody, logger: .disabled))
    let outcome = Outcome()
    let task = Task {
      await server.appendRoute("*") { request in try await handle(request, api) }
      do { try await server.run() } catch { outcome.set(.failure(Failure("\(error)"))) }
    }
    Task {
      guard (try? await server.waitUntilListening(timeout: 5)) != nil else {
        return outcome.set(.failure(Failure("it took more than 5 s")))
      }
      outcome.set(.success(await server.chosenPort))
    }
    do {
      let chosen = try outcome.wait()
      logger.info("serving the interface", metadata: ["address": "\(address[..<colon]):\(chosen)"])
      return (APIServer(server, task), chosen)
    } catch {
      task.cancel()
      throw Failure("can't listen at \(address) (\(error)): choose another --listen, or none")
    }
  }

  private init(_ server: HTTPServer, _ task: Task<Void, Never>) {
    self.server = server
    self.task = task
  }

  /// Stops listening.
  func stop() { task.cancel() }

  private static func handle(_ request: HTTPRequest, _ api: RouterAPI) async throws -> HTTPResponse {
    var read = APIRequest(method: request.method.rawValue, path: request.path)
    for item in request.query { read.query[item.name] = item.value }
    if let header = request.headers[.authorization], header.hasPrefix("Bearer ") {
      read.token = String(header.dropFirst("Bearer ".count))
    }
    let length = request.headers[.contentLength].flatMap { Int($0) } ?? 0
    if length > RouterAPI.maximumBody || request.headers[.transferEncoding] != nil {
      return HTTPResponse(statusCode: .payloadTooLarge, body: Data("the body is too large\n".utf8))
    }
    if length > 0 { read.body = try await request.bodyData }
    let complete = read
    // The store blocks: not on Swift's cooperative threads.
    let answer = try await DedicatedThread.run(name: "api") { api.answer(complete) }
    return HTTPResponse(
      statusCode: HTTPStatusCode(answer.status, phrase: ""),
      headers: [
        .contentType: answer.contentType, .cacheControl: "no-store",
        HTTPHeader("Content-Security-Policy"): "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
        HTTPHeader("X-Content-Type-Options"): "nosniff", HTTPHeader("Referrer-Policy"): "no-referrer",
      ], body: answer.body)
  }
}

/// The first of several outcomes, for a thread that waits for it.
private final class Outcome: Sendable {
  private let result = Mutex<Result<Int, Failure>?>(nil)
  private let isThere = DispatchSemaphore(value: 0)

  func set(_ outcome: Result<Int, Failure>) {
    let isFirst = result.withLock { result in
      guard result == nil else { return false }
      result = outcome
      return true
    }
    if isFirst { isThere.signal() }
  }

  /// Blocks; for one thread alone.
  func wait() throws -> Int {
    isThere.wait()
    return try result.withLock { $0 }?.get() ?? 0
  }
}

extension HTTPServer {
  fileprivate var chosenPort: Int {
    switch listeningAddress {
    case .ip4(_, let port), .ip6(_, let port): Int(port)
    default: 0
    }
  }
}
