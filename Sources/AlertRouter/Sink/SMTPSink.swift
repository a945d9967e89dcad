import Foundation
import Kafka
import Programs

/// A mail server for demos on loopback: takes every mail, keeps none (RFC 5321, the commands that a client needs).
final class SMTPSink: Sendable {
  let port: UInt16
  private let listener: Int32

  /// Listens at a port of the system's choice.
  init(_ receive: @escaping @Sendable (_ mail: [UInt8], _ to: String) -> Void) throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = listener
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        bind(listener, generic, length) == 0 && getsockname(listener, generic, &length) == 0
      }
    }
    guard isBound, listen(listener, 8) == 0 else { throw Failure("the mail sink can't listen on loopback") }
    port = UInt16(bigEndian: address.sin_port)
    _ = DedicatedThread(name: "smtp-sink") {
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        _ = DedicatedThread(name: "smtp-session") { Session(connection).serve(receive) }
      }
    }
  }

  func close() { shutdown(listener, Int32(SHUT_RDWR)) }

  /// One client's connection.
  private struct Session {
    private let connection: Int32

    init(_ connection: Int32) { self.connection = connection }

    func serve(_ receive: (_ mail: [UInt8], _ to: String) -> Void) {
      defer { Foundation.close(connection) }
      var lines = Lines(connection)
      var to = ""
      say("220 dealpulse sink")
      while let line = lines.next() {
        let word = String(decoding: line.prefix(4), as: UTF8.self).uppercased()
        switch word {
        case "DATA":
          say("354 go on")
          var mail: [UInt8] = []
          while let line = lines.next(), line != [UInt8(ascii: ".")] {
            // A leading full stop was doubled by the client.
            mail += line.first == UInt8(ascii: ".") ? line.dropFirst() : line[...]
            mail += [0x0D, 0x0A]
          }
          receive(mail, to)
          say("250 taken")
        case "RCPT":
          to = String(decoding: line, as: UTF8.self).split(separator: "<").last?.prefix { $0 != ">" }.description ?? ""
          say("250 ok")
        case "QUIT": return say("221 bye")
        case "EHLO", "HELO", "MAIL", "RSET", "NOOP": say("250 ok")
        default: say("502 not here")
        }
      }
    }

    private func say(_ text: String) {
      let bytes = Array("\(text)\r\n".utf8)
      _ = bytes.withUnsafeBytes { send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
    }
  }

  /// The lines that a connection sends.
  private struct Lines {
    private let connection: Int32
    private var buffer: [UInt8] = []
    private static let longest = 1_000_000

    init(_ connection: Int32) { self.connection = connection }

    mutating func next() -> [UInt8]? {
      var chunk = [UInt8](repeating: 0, count: 65_536)
      while true {
        if let end = buffer.firstIndex(of: 0x0A) {
          var line = Array(buffer[..<end])
          buffer.removeSubrange(...end)
          if line.last == 0x0D { line.removeLast() }
          return line
        }
        guard buffer.count < Self.longest else { return nil }
        let count = recv(connection, &chunk, chunk.count, 0)
        guard count > 0 else { return nil }
        buffer += chunk[..<count]
      }
    }
  }
}
