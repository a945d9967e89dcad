import Foundation
import Synchronization

/// An HTTP server on loopback that answers as a test tells it, one connection at a time.
public final class LocalServer: Sendable {
  /// What a client sent.
  public struct Request: Sendable {
    /// The request line and the headers.
    public var head: String
    /// The body.
    public var body: String
    /// The value of a header.
    public func header(_ name: String) -> String? {
      head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
        .map { $0.dropFirst(name.count + 1).trimmingCharacters(in: .whitespaces) }
    }
  }

  /// Where it listens.
  public let port: UInt16
  private let listener: Int32
  private let requests = Mutex<[Request]>([])
  private let answers: Mutex<[String]>
  private let hook = Mutex<(@Sendable () -> Void)?>(nil)
  /// An answer that never comes, though the connection stays open for a while.
  public static let silence = "silence"

  /// Answers are whole HTTP answers, one for each request; the last one holds on. An empty one closes the connection.
  public init(_ answers: [String]) {
    self.answers = Mutex(answers)
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        _ = bind(listener, generic, length)
        _ = getsockname(listener, generic, &length)
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    listen(listener, 8)
    Thread { [self] in serve() }.start()
  }

  deinit { Foundation.close(listener) }

  /// Its address.
  public var url: String { "http://127.0.0.1:\(port)" }
  /// The requests so far.
  public var received: [Request] { requests.withLock { $0 } }

  /// A whole answer.
  public static func answer(_ status: Int, _ headers: String = "", body: String = "ok") -> String {
    "HTTP/1.1 \(status) X\r\nContent-Length: \(body.utf8.count)\r\nConnection: close\r\n\(headers)\r\n\(body)"
  }

  /// Runs before each answer.
  public func onRequest(_ body: @escaping @Sendable () -> Void) { hook.withLock { $0 = body } }

  private func serve() {
    while true {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return }
      let request = read(connection)
      requests.withLock { $0.append(request) }
      let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? "" }
      hook.withLock { $0 }?()
      if answer == Self.silence {
        Thread { [connection] in
          Thread.sleep(forTimeInterval: 3)
          Foundation.close(connection)
        }.start()
        continue
      }
      let bytes = Array(answer.utf8)
      _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      Foundation.close(connection)
    }
  }

  private func read(_ connection: Int32) -> Request {
    var data = Data()
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let text = String(decoding: data, as: UTF8.self)
      if let end = text.range(of: "\r\n\r\n") {
        let request = Request(head: String(text[..<end.lowerBound]), body: String(text[end.upperBound...]))
        if request.body.utf8.count >= request.header("Content-Length").flatMap({ Int($0) }) ?? 0 { return request }
      }
      let count = recv(connection, &buffer, buffer.count, 0)
      guard count > 0 else { return Request(head: text, body: "") }
      data.append(contentsOf: buffer[0..<count])
    }
  }
}
