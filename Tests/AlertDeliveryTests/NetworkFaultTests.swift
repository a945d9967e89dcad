import Alerts
import Deals
import Foundation
import GRDB
import TestSupport
import Testing

@testable import AlertDelivery

/// Peers that fail in every way that a network knows: nothing is lost, and what will pass is tried again.
@Suite(.serialized) struct NetworkFaultTests {
  private func outbox(
    _ line: String, _ deals: [String] = ["D1"], _ environment: [String: String] = [:]
  ) throws -> (store: RouterStore, path: String, deliverer: Deliverer) {
    let path = try Messages.store().path
    let store = try RouterStore(path: path, patience: 0.05)
    var pipeline = AlertPipeline(try Messages.rules())
    let output = Messages.make(deals.map { Messages.deal($0) }, &pipeline)
    try store.commit(&pipeline, messages: output.messages, decisions: [], offsets: [:])
    return (store, path, Deliverer(store, try Messages.receiver(line, environment), random: { $0.upperBound }))
  }

  /// An answer that must come has a minute; only one that never comes is not waited for.
  private func receiver(_ server: LocalServer, _ timeout: String) -> String {
    "out: {type: webhook, url: \"\(server.url)\", allow_private_addresses: true, timeout: \(timeout)}"
  }

  private func expectRetry(
    _ line: String, then server: LocalServer? = nil, by second: String? = nil, saying words: String? = nil
  ) throws {
    let (store, _, deliverer) = try outbox(line)
    let next = try second.map { Deliverer(store, try Messages.receiver($0)) } ?? deliverer
    guard case .failed(_, let why) = try deliverer.step(at: Messages.noon) else {
      Issue.record("not tried again")
      return
    }
    if let words { #expect(why.contains(words), "\(why)") }
    #expect(try store.entries(state: "pending").count == 1)
    guard server != nil else { return }
    guard case .sent = try next.step(at: Messages.noon.adding(milliseconds: 600_000)) else {
      Issue.record("not sent in the end")
      return
    }
  }

  @Test("a receiver that does not answer in time is tried again")
  func timeOut() throws {
    let server = LocalServer([LocalServer.silence, LocalServer.answer(200)])
    try expectRetry(receiver(server, "1s"), then: server, by: receiver(server, "60s"), saying: "Timeout")
  }

  @Test("a connection that closes in the middle of an answer is tried again")
  func halfClosed() throws {
    let server = LocalServer(["HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok", LocalServer.answer(200)])
    try expectRetry("out: {type: webhook, url: \"\(server.url)\", allow_private_addresses: true}", then: server)
  }

  @Test(
    "what was handed over whole and not answered is a possible repeat at the next try; what was refused is none",
    arguments: [
      (LocalServer.silence, true), ("", true), ("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nok", true),
      (LocalServer.answer(504), true), (LocalServer.answer(500), false),
      (LocalServer.answer(429, "Retry-After: 1\r\n"), false),
    ])
  func possibleRepeat(_ answer: String, _ isPossible: Bool) throws {
    let server = LocalServer([answer, LocalServer.answer(200)])
    let (store, _, deliverer) = try outbox(receiver(server, answer == LocalServer.silence ? "1s" : "60s"))
    guard case .failed = try deliverer.step(at: Messages.noon) else {
      Issue.record("not tried again")
      return
    }
    #expect(try store.entries(state: "pending").map(\.isPossibleRepeat) == [isPossible])
    let second = Deliverer(store, try Messages.receiver(receiver(server, "60s")))
    _ = try second.step(at: Messages.noon.adding(milliseconds: 600_000))
    #expect(server.received.map { $0.body.contains("\"possible_repeat\":true") } == [false, isPossible])
  }

  @Test("a try that never reached the receiver makes no possible repeat")
  func neverReached() throws {
    let (store, _, deliverer) = try outbox(
      "out: {type: webhook, url: \"http://127.0.0.1:1/\", allow_private_addresses: true}")
    _ = try deliverer.step(at: Messages.noon)
    #expect(try store.entries(state: "pending").map(\.isPossibleRepeat) == [false])
  }

  @Test("a name that can't be resolved is tried again")
  func unknownName() throws {
    // A label has 63 characters at most: no name server is asked.
    let name = String(repeating: "a", count: 64)
    try expectRetry("out: {type: webhook, url: \"https://\(name).invalid/hook\", timeout: 60s}", saying: "resolve")
  }

  @Test("a server whose certificate nobody has signed is not spoken to, and tried again")
  func certificate() throws {
    let peer = try TLSServer()
    defer { peer.stop() }
    try expectRetry(
      "out: {type: webhook, url: \"https://127.0.0.1:\(peer.port)/\", allow_private_addresses: true}", saying: "SSL")
  }

  @Test("a mail server in a private network is refused unless it is allowed")
  func privateMailServer() throws {
    let (store, _, deliverer) = try outbox(
      "out: {type: email, server: \"smtp://127.0.0.1:25\", from: a@b.test, to: c@d.test}")
    guard case .dead(_, let why) = try deliverer.step(at: Messages.noon) else {
      Issue.record("not refused")
      return
    }
    #expect(why.contains("private network"))
    #expect(try store.entries(state: "dead").count == 1)
  }

  @Test(
    "an IPv4 address within an IPv6 one is judged by itself",
    arguments: [
      ("64:ff9b::7f00:1", true), ("64:ff9b::808:808", false), ("2002:c0a8:101::1", true), ("2002:808:808::1", false),
      ("::ffff:10.0.0.1", true), ("::ffff:8.8.8.8", false), ("fd00::1", true), ("fe80::1", true),
      ("2001:4860:4860::8888", false),
    ])
  func embedded(_ text: String, _ isPrivate: Bool) throws {
    var address = in6_addr()
    #expect(inet_pton(AF_INET6, text, &address) == 1)
    #expect(PrivateAddress.contains(version6: withUnsafeBytes(of: &address) { Array($0) }) == isPrivate)
  }

  @Test("what a receiver echoes of a secret is neither logged nor kept")
  func echo() throws {
    let server = LocalServer([
      LocalServer.answer(403, body: "no: /services/T0/B0/s3cr3t is gone, Bearer xoxb-s3cr3t too")
    ])
    let environment = ["URL": "\(server.url)/services/T0/B0/s3cr3t", "TOKEN": "xoxb-s3cr3t"]
    for (line, secret) in [
      ("out: {type: slack, url_env: URL, allow_private_addresses: true}", "/services/T0/B0/s3cr3t"),
      (
        "out: {type: slack, token_env: TOKEN, channel: x, url: \"\(server.url)\", allow_private_addresses: true}",
        "xoxb-s3cr3t"
      ),
    ] {
      let (store, _, deliverer) = try outbox(line, ["D1"], environment)
      guard case .dead(_, let why) = try deliverer.step(at: Messages.noon) else {
        Issue.record("not dead")
        return
      }
      #expect(why.contains("403"))
      let note = try #require(try store.entries(state: "dead").first?.note)
      #expect(note.contains("***"))
      #expect(!note.contains(secret))
      #expect(!why.contains(secret))
    }
  }

  @Test("Slack takes one message a second in each channel: another person's does not wait")
  func slackRate() throws {
    let server = LocalServer([LocalServer.answer(200, body: "{\"ok\":true,\"channel\":\"C9\",\"ts\":\"17.5\"}")])
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    var messages = Messages.make((1...4).map { Messages.deal("D\($0)") }, &pipeline).messages
    for (index, slackID) in ["U1", "U1", "U2", nil].enumerated() {
      messages[index].recipient = Person(id: "p", name: "P", slackID: slackID)
    }
    try store.commit(&pipeline, messages: messages, decisions: [], offsets: [:])
    let line =
      "out: {type: slack, token_env: T, channel: \"#deals\", url: \"\(server.url)\", allow_private_addresses: true}"
    let deliverer = Deliverer(store, try Messages.receiver(line, ["T": "xoxb"]))
    for _ in 0..<3 { _ = try deliverer.step(at: Messages.noon) }
    #expect(try deliverer.step(at: Messages.noon.adding(milliseconds: 999)) == .idle)
    #expect(channels(server) == ["U1", "U2", "#deals"])
    _ = try deliverer.step(at: Messages.noon.adding(milliseconds: 1_000))
    #expect(channels(server) == ["U1", "U2", "#deals", "U1"])
  }

  private func channels(_ server: LocalServer) -> [String] {
    server.received.compactMap { request in
      request.body.range(of: "\"channel\":\"").map { String(request.body[$0.upperBound...].prefix { $0 != "\"" }) }
    }
  }

  /// A step in which the store is locked while the receiver answers, and free again afterwards.
  private func stepWithLockedStore(
    _ server: LocalServer, _ store: RouterStore, _ path: String, _ deliverer: Deliverer
  ) throws {
    var configuration = GRDB.Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: path, configuration: configuration)
    server.onRequest { try? other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") } }
    #expect(throws: StoreError.self) { try deliverer.step(at: Messages.noon) }
    #expect(try store.entries(state: "intent").count == 1)
    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
  }

  @Test("what was acknowledged while the store could not be written is written down later, and not sent again")
  func recordedLater() throws {
    let server = LocalServer([LocalServer.answer(200)])
    let (store, path, deliverer) = try outbox(
      "out: {type: webhook, url: \"\(server.url)\", allow_private_addresses: true}")
    try stepWithLockedStore(server, store, path, deliverer)
    #expect(try deliverer.step(at: Messages.noon.adding(milliseconds: 600_000)) == .idle)
    #expect(try store.entries(state: "sent").count == 1)
    #expect(server.received.count == 1)
  }

  @Test("what failed or was refused while the store could not be written is written down later", arguments: [500, 403])
  func failureRecordedLater(_ status: Int) throws {
    let server = LocalServer([LocalServer.answer(status)])
    let (store, path, deliverer) = try outbox(receiver(server, "60s"))
    try stepWithLockedStore(server, store, path, deliverer)
    try deliverer.finish()
    #expect(try store.entries(state: status == 500 ? "pending" : "dead").count == 1)
    #expect(server.received.count == 1)
  }
}
