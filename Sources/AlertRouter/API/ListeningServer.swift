import Dispatch
import FlyingFox
import FlyingSocks
import Foundation
import Programs
import Synchronization

/// An HTTP server that listens from its making on.
final class ListeningServer: Sendable {
  /// The port, which the system chose where 0 was asked for.
  let port: Int
  private let task: Task<Void, Never>

  /// Listens; blocks until it does, so not from a task.
  ///
  /// - Parameter host: An IPv4 address.
  /// - Throws: `Failure` where the address can't be listened at.
  init(
    host: String, port: UInt16, maximumBody: Int,
    _ handler: @escaping @Sendable (HTTPRequest) async throws -> HTTPResponse
  ) throws {
    guard let socket = try? sockaddr_in.inet(ip4: host, port: port) else {
      throw Failure("\(host) is no IPv4 address: write one, such as 127.0.0.1")
    }
    let server = HTTPServer(
      config: .init(address: socket, timeout: 10, sharedRequestReplaySize: maximumBody, logger: .disabled))
    let outcome = Outcome()
    task = Task {
      await server.appendRoute("*", handler: handler)
      do { try await server.run() } catch { outcome.set(.failure(Failure("\(error)"))) }
    }
    Task {
      guard (try? await server.waitUntilListening(timeout: 5)) != nil else {
        return outcome.set(.failure(Failure("it took more than 5 s")))
      }
      outcome.set(.success(await server.chosenPort))
    }
    do { self.port = try outcome.wait() } catch {
      task.cancel()
      throw Failure("can't listen at \(host):\(port) (\(error)): choose another address")
    }
  }

  /// Stops listening.
  func stop() { task.cancel() }
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
