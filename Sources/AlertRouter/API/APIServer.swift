import FlyingFox
import Foundation
import Kafka
import Programs

/// Serves the router's interface over HTTP. No TLS: bind it to loopback, or put a proxy in front.
enum APIServer {
  /// Listens; blocks until it does, so not from a task.
  ///
  /// - Parameters:
  ///   - address: `127.0.0.1:9095`, or port 0 for any that is free.
  ///   - api: Asked for with each request.
  /// - Throws: `Failure` where the address can't be listened at.
  static func start(at address: String, _ api: @escaping @Sendable () -> RouterAPI) throws -> ListeningServer {
    guard let colon = address.lastIndex(of: ":"), let port = UInt16(address[address.index(after: colon)...]) else {
      throw Failure("--listen \(address): write an IPv4 address and a port, such as 127.0.0.1:9095, or none")
    }
    return try ListeningServer(host: String(address[..<colon]), port: port, maximumBody: RouterAPI.maximumBody) {
      try await handle($0, api())
    }
  }

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
