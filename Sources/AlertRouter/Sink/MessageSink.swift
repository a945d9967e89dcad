import FlyingFox
import FlyingSocks
import Foundation
import Synchronization

/// Takes what the router sends instead of Slack and a mail server, and shows it on a page. On loopback alone.
final class MessageSink: Sendable {
  private static let maximumKept = 200
  private let messages = Mutex<[ReceivedMessage]>([])
  private let arrived: @Sendable (ReceivedMessage) -> Void
  private let server: ListeningServer

  /// Where the page and the stand-in for Slack are.
  var port: Int { server.port }

  /// Listens; blocks until it does.
  ///
  /// - Parameters:
  ///   - port: 0 for any that is free.
  ///   - arrived: Is told each message as it comes.
  init(port: Int = 0, _ arrived: @escaping @Sendable (ReceivedMessage) -> Void) throws {
    self.arrived = arrived
    let receiver = Receiver()
    server = try ListeningServer(host: "127.0.0.1", port: UInt16(port), maximumBody: 1_000_000) { request in
      try await receiver.answer(request)
    }
    receiver.sink.withLock { $0 = Weak(self) }
  }

  func stop() { server.stop() }

  func take(_ message: ReceivedMessage) {
    messages.withLock { messages in
      messages.append(message)
      if messages.count > Self.maximumKept { messages.removeFirst() }
    }
    arrived(message)
  }

  /// Everything that came, the newest first.
  var page: String { SinkPage.html(messages.withLock { $0.reversed() }) }

  private struct Weak: Sendable {
    weak let sink: MessageSink?
    init(_ sink: MessageSink) { self.sink = sink }
  }

  /// Answers as Slack does. Made before the sink, which it then finds.
  private final class Receiver: Sendable {
    let sink = Mutex<Weak?>(nil)

    func answer(_ request: HTTPRequest) async throws -> HTTPResponse {
      guard let sink = sink.withLock({ $0?.sink }) else { return HTTPResponse(statusCode: .serviceUnavailable) }
      guard request.method == .POST else {
        return HTTPResponse(
          statusCode: .ok, headers: [.contentType: "text/html; charset=utf-8"], body: Data(sink.page.utf8))
      }
      let body = try await request.bodyData
      if let message = SlackRendering.message(body, channel: "incoming webhook") {
        sink.take(message)
        let answer = "{\"ok\":true,\"channel\":\"C0\",\"ts\":\"\(Date().timeIntervalSince1970)\"}"
        return HTTPResponse(statusCode: .ok, headers: [.contentType: "application/json"], body: Data(answer.utf8))
      }
      let text = String(decoding: body, as: UTF8.self)
      sink.take(
        ReceivedMessage(
          way: .webhook, to: request.path, subject: "webhook", text: text,
          html: "<pre>\(SlackRendering.escaped(text))</pre>"))
      return HTTPResponse(statusCode: .ok, body: Data("ok".utf8))
    }
  }
}
