import Alerts
import Deals
import Foundation
import Testing

@testable import AlertDelivery

/// Whether there is a mail server, and what it runs.
enum MailServer {
  static var isInstalled: Bool { python != nil }

  /// The Python that has it: Debian's packages are known to the system's own alone.
  static let python: String? = ["/usr/bin/python3", "python3"].first { python in
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [python, "-c", "import aiosmtpd"]
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  /// Writes each mail to standard output as one line of JSON; ends with its standard input.
  static let script = """
    import json, sys
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult
    class Sink:
        async def handle_DATA(self, server, session, envelope):
            if b"refuse" in envelope.content[:2000]: return "550-5.7.1 not\\r\\n550 5.7.1 from you"
            if b"later" in envelope.content[:2000]: return "451 not now"
            if b"vanish" in envelope.content[:2000]: server.transport.abort()
            print(json.dumps({"from": envelope.mail_from, "to": envelope.rcpt_tos,
                              "text": envelope.content.decode("utf-8")}), flush=True)
            return "250 ok"
    def check(server, session, envelope, mechanism, data):
        return AuthResult(success=data.login == b"ann" and data.password == b"hunter2", handled=False)
    auth = len(sys.argv) > 1
    c = Controller(Sink(), hostname="127.0.0.1", port=0, auth_required=auth, auth_require_tls=False,
                   authenticator=check if auth else None)
    import socket
    s = socket.socket(); s.bind(("127.0.0.1", 0)); c.port = s.getsockname()[1]; s.close()
    c.start(); print(c.port, flush=True); sys.stdin.read(); c.stop()
    """
}

/// Against aiosmtpd, a real SMTP server (Debian's python3-aiosmtpd); without it these tests are skipped.
@Suite(.serialized, .enabled(if: MailServer.isInstalled, "aiosmtpd is not installed: apt-get install python3-aiosmtpd"))
struct MailTests {
  private struct Server {
    var process: Process
    var input: Pipe
    var output: FileHandle
    var port: String

    init(authenticates: Bool = false) throws {
      process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = [MailServer.python ?? "python3", "-c", MailServer.script] + (authenticates ? ["auth"] : [])
      input = Pipe()
      let pipe = Pipe()
      process.standardInput = input
      process.standardOutput = pipe
      output = pipe.fileHandleForReading
      try process.run()
      port = Self.line(output)
    }

    func nextMail() throws -> Mail { try JSONDecoder().decode(Mail.self, from: Data(Self.line(output).utf8)) }

    func stop() {
      input.fileHandleForWriting.closeFile()
      process.waitUntilExit()
    }

    private static func line(_ handle: FileHandle) -> String {
      var bytes: [UInt8] = []
      while let byte = handle.readData(ofLength: 1).first, byte != 0x0A { bytes.append(byte) }
      return String(decoding: bytes, as: UTF8.self)
    }
  }

  private struct Mail: Decodable {
    var from: String
    var to: [String]
    var text: String
  }

  private func send(
    _ server: Server, _ id: String = "D1", _ more: String = ", require_tls: false",
    _ environment: [String: String] = [:]
  ) throws -> Deliverer.Step {
    let line =
      "out: {type: email, server: \"smtp://127.0.0.1:\(server.port)\", from: router@dealpulse.test, to: cro@acme.test, allow_private_addresses: true\(more)}"
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    let output = Messages.make([Messages.deal(id)], &pipeline)
    try store.commit(&pipeline, messages: output.messages, decisions: [], offsets: [:])
    return try Deliverer(store, try Messages.receiver(line, environment)).step(at: Messages.noon)
  }

  @Test("a mail arrives with a text and an HTML part, and its id is the message's key")
  func delivery() throws {
    let server = try Server()
    defer { server.stop() }
    guard case .sent(let id) = try send(server) else {
      Issue.record("not sent")
      return
    }
    let mail = try server.nextMail()
    #expect(mail.from == "router@dealpulse.test")
    #expect(mail.to == ["cro@acme.test"])
    #expect(mail.text.contains("Message-ID: <\(id)@dealpulse.test>"))
    #expect(mail.text.contains("List-Unsubscribe: <mailto:"))
    let parts = mail.text.components(separatedBy: "base64\r\n\r\n").dropFirst().map { part in
      let encoded = part.components(separatedBy: "\r\n--")[0].replacing("\r\n", with: "")
      return Data(base64Encoded: encoded).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    #expect(parts.count == 2)
    #expect(parts.allSatisfy { $0.contains(" has stood in Proposal for 82 days with rep_22.") })
    #expect(parts.last?.hasPrefix("<!DOCTYPE html>") == true)
  }

  @Test("a mail is refused for good with 550, and tried again after 451; the server's words are told")
  func refusals() throws {
    let server = try Server()
    defer { server.stop() }
    guard case .dead(_, let refusal) = try send(server, "refuse") else {
      Issue.record("550 is for good")
      return
    }
    #expect(refusal.contains("the mail server answered 550 5.7.1 not 5.7.1 from you"), "\(refusal)")
    guard case .failed(_, let delay) = try send(server, "later") else {
      Issue.record("451 is for now")
      return
    }
    #expect(delay.contains("the mail server answered 451 not now"), "\(delay)")
  }

  @Test("a mail that was handed over whole to a server that then vanished may have arrived")
  func vanished() throws {
    let server = try Server()
    defer { server.stop() }
    guard case .failed(_, let why) = try send(server, "vanish") else {
      Issue.record("not tried again")
      return
    }
    #expect(why.contains("it may have arrived"), "\(why)")
  }

  @Test("without TLS nothing is sent where it is required")
  func tls() throws {
    let server = try Server()
    defer { server.stop() }
    guard case .dead(_, let why) = try send(server, "D1", "") else {
      Issue.record("sent in the clear")
      return
    }
    #expect(why.contains("no TLS"))
  }

  @Test("a wrong password is for a person, the right one is taken, and neither is ever said")
  func authentication() throws {
    let server = try Server(authenticates: true)
    defer { server.stop() }
    let login = ", require_tls: false, username: ann, password_env: PW"
    let step = try send(server, "D1", login, ["PW": "wrong-secret"])
    guard case .dead(_, let why) = step else {
      Issue.record("let in: \(step)")
      return
    }
    #expect(!why.contains("wrong-secret"))
    guard case .sent = try send(server, "D1", login, ["PW": "hunter2"]) else {
      Issue.record("not let in")
      return
    }
  }
}
