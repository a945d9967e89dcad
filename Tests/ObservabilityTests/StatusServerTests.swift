import Foundation
import Logging
import Observability
import Synchronization
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite("A program says how it is") struct StatusServerTests {
  private func answer(_ port: Int, _ path: String) async throws -> (status: Int?, text: String) {
    let url = try #require(URL(string: "http://127.0.0.1:\(port)\(path)"))
    var request = URLRequest(url: url)
    request.timeoutInterval = 300
    let (data, response) = try await URLSession.shared.data(for: request)
    return ((response as? HTTPURLResponse)?.statusCode, String(decoding: data, as: UTF8.self))
  }

  private func server(_ readiness: Readiness = Readiness(), host: String = "127.0.0.1") -> StatusServer {
    // Patient: other tests keep the cooperative threads busy, on which the server answers.
    StatusServer(
      host: host, patience: 300, readiness: readiness,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) {
      "deals 1\n"
    }
  }

  @Test("/readyz is 503 with the reason until every condition holds") func readiness() async throws {
    let (readiness, reason) = (Readiness(), ReasonBox())
    readiness.require("scorer") { reason.text }
    let server = server(readiness)
    let port = try await server.start()
    reason.text = "thread 0 restores partitions [1]"
    let waiting = try await answer(port, "/readyz")
    #expect(waiting.status == 503)
    #expect(waiting.text.contains("scorer: thread 0 restores partitions [1]"))
    reason.text = nil
    #expect(try await answer(port, "/readyz").status == 200)
    await server.stop()
  }

  @Test("/metrics and /healthz answer, anything else is not found") func routes() async throws {
    let server = server()
    let port = try await server.start()
    #expect(try await answer(port, "/metrics") == (200, "deals 1\n"))
    #expect(try await answer(port, "/healthz").status == 200)
    #expect(try await answer(port, "/deals").status == 404)
    await server.stop()
  }

  @Test("A port that is taken stops the start with what to do") func takenPort() async throws {
    let first = server()
    let port = try await first.start()
    let second = StatusServer(
      port: port, patience: 300, readiness: Readiness(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ) { "" }
    await #expect { try await second.start() } throws: { "\($0)".contains("metrics.port") }
    await first.stop()
  }

  @Test("A host that is no address is refused") func wrongHost() async {
    let server = server(host: "not an address")
    await #expect(throws: StatusServerError.wrongHost("not an address")) { try await server.start() }
  }
}

private final class ReasonBox: Sendable {
  private let value = Mutex<String?>(nil)
  var text: String? {
    get { value.withLock { $0 } }
    set { value.withLock { $0 = newValue } }
  }
}
