import Alerts
import Crypto
import Deals
import Foundation
import TestSupport
import Testing

@testable import AlertDelivery

@Suite(.serialized) struct DeliveryTests {
  /// A store with a message for each deal, and a deliverer to `line`.
  private func outbox(
    _ line: String, _ deals: [String] = ["D1"], _ environment: [String: String] = [:]
  ) throws -> (store: RouterStore, deliverer: Deliverer) {
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    let output = Messages.make(deals.map { Messages.deal($0) }, &pipeline)
    try store.commit(&pipeline, messages: output.messages, decisions: [], offsets: [:])
    return (store, Deliverer(store, try Messages.receiver(line, environment), random: { $0.upperBound }))
  }

  private func webhook(_ server: LocalServer, _ more: String = "") -> String {
    "out: {type: webhook, url: \"\(server.url)/hook\", allow_private_addresses: true\(more)}"
  }

  @Test("a webhook is signed over its timestamp and body, and bears the idempotency key")
  func signature() throws {
    let server = LocalServer([LocalServer.answer(200)])
    let (_, deliverer) = try outbox(webhook(server, ", secret_env: KEY"), ["D1"], ["KEY": "hunter2"])
    guard case .sent(let id) = try deliverer.step(at: Messages.noon) else { Issue.record("not sent"); return }
    let request = try #require(server.received.first)
    #expect(request.header("Idempotency-Key") == id)
    let time = try #require(request.header("X-DealPulse-Timestamp"))
    let code = HMAC<SHA256>.authenticationCode(
      for: Data("\(time).\(request.body)".utf8), using: SymmetricKey(data: Data("hunter2".utf8)))
    let digits = code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    #expect(request.header("X-DealPulse-Signature") == "sha256=\(digits)")
    #expect(request.body.contains("D1 ($75K, EdTech) has stood in Proposal for 82 days with rep_22."))
  }

  @Test("429 pauses the receiver as long as it asks, and nothing is dropped")
  func rateLimit() throws {
    let server = LocalServer([LocalServer.answer(429, "Retry-After: 7\r\n"), LocalServer.answer(200)])
    let (store, deliverer) = try outbox(webhook(server), ["D1", "D2"])
    guard case .failed = try deliverer.step(at: Messages.noon) else { Issue.record("not failed"); return }
    #expect(try deliverer.step(at: Messages.noon.adding(milliseconds: 6_999)) == .idle)
    let later = Messages.noon.adding(milliseconds: 7_000)
    for _ in 0..<2 { guard case .sent = try deliverer.step(at: later) else { Issue.record("not sent"); return } }
    #expect(try store.entries(state: "sent").count == 2)
  }

  @Test("500, a closed connection and no listener are tried again later, 400 is for a person")
  func failures() throws {
    let server = LocalServer([LocalServer.answer(500), "", LocalServer.answer(400), LocalServer.answer(200)])
    let (store, deliverer) = try outbox(webhook(server))
    var now = Messages.noon
    for _ in 0..<2 {
      guard case .failed = try deliverer.step(at: now) else { Issue.record("not failed"); return }
      #expect(try deliverer.step(at: now) == .idle)
      now = now.adding(milliseconds: 600_000)
    }
    guard case .dead = try deliverer.step(at: now) else { Issue.record("not dead"); return }
    #expect(try store.entries(state: "dead").count == 1)
    #expect(try store.retryDead(id: nil, at: now) == 1)
    guard case .sent = try deliverer.step(at: now) else { Issue.record("not sent"); return }
    let (_, nobody) = try outbox("out: {type: webhook, url: \"http://127.0.0.1:1/\", allow_private_addresses: true}")
    guard case .failed = try nobody.step(at: now) else { Issue.record("not failed"); return }
  }

  @Test("a letter that is sent again has a whole day: a failure that will pass does not end it")
  func freshTime() throws {
    let server = LocalServer([LocalServer.answer(400), LocalServer.answer(500), LocalServer.answer(200)])
    let (store, deliverer) = try outbox(webhook(server))
    guard case .dead = try deliverer.step(at: Messages.noon) else { Issue.record("not dead"); return }
    let now = Messages.noon.adding(days: 3)
    #expect(try store.retryDead(id: nil, at: now) == 1)
    guard case .failed = try deliverer.step(at: now) else { Issue.record("not tried again"); return }
    guard case .sent = try deliverer.step(at: now.adding(milliseconds: 1_000)) else { Issue.record("not sent"); return }
  }

  @Test("the audit says what came of a message: tried, delivered or given up, at which receiver and why")
  func audit() throws {
    let server = LocalServer([
      LocalServer.answer(500), LocalServer.answer(500), LocalServer.answer(500), LocalServer.answer(200),
      LocalServer.answer(400),
    ])
    let (store, deliverer) = try outbox(webhook(server), ["D1", "D2"])
    var now = Messages.noon
    for _ in 0..<8 {
      _ = try deliverer.step(at: now)
      now = now.adding(milliseconds: 600_000)
    }
    let first = try #require(try store.entries(state: "sent").first).message.alerts[0].source.subject
    let second = first == "D1" ? "D2" : "D1"
    let all = try store.decisions(subject: first) + store.decisions(subject: second)
    // The first and the second failure are said, the third is not.
    #expect(all.filter { $0.reason == .failed }.count == 2)
    #expect(all.allSatisfy { $0.receiver == "out" && $0.messageID != nil })
    #expect(try store.decisions(subject: first).last?.reason == .delivered)
    #expect(all.filter { $0.reason == .delivered }.count == 1)
    #expect(all.first { $0.reason == .failed }?.text.contains("try 1 with out: the receiver answered 500") == true)
    #expect(try store.decisions(subject: second).last?.reason == .deadLetter)
    #expect(try store.decisions(subject: second).last?.text.contains("400") == true)
    let ids = Set(all.compactMap(\.messageID))
    #expect(Set(try store.entries(ids: ids).values.map(\.progress)) == [.delivered, .deadLetter])
  }

  @Test("after five failures in a row the receiver is left alone, then tried once")
  func circuitBreaker() throws {
    let server = LocalServer([LocalServer.answer(500)])
    let (_, deliverer) = try outbox(webhook(server), (1...8).map { "D\($0)" })
    for _ in 0..<5 { _ = try deliverer.step(at: Messages.noon) }
    #expect(try deliverer.step(at: Messages.noon) == .idle)
    #expect(server.received.count == 5)
    _ = try deliverer.step(at: Messages.noon.adding(milliseconds: 10_000))
    #expect(server.received.count == 6)
    #expect(try deliverer.step(at: Messages.noon.adding(milliseconds: 10_001)) == .idle)
  }

  @Test("an address in a private network is refused unless it is allowed, and nothing is sent to it")
  func privateAddresses() throws {
    let server = LocalServer([LocalServer.answer(200)])
    let (_, deliverer) = try outbox("out: {type: webhook, url: \"\(server.url)/\"}")
    guard case .dead = try deliverer.step(at: Messages.noon) else { Issue.record("not refused"); return }
    #expect(server.received.isEmpty)
    for address: UInt32 in [0x7F00_0001, 0x0A01_0203, 0xA9FE_A9FE, 0xAC1F_0001, 0xC0A8_0101, 0x6440_0001] {
      #expect(PrivateAddress.contains(version4: address))
    }
    #expect(!PrivateAddress.contains(version4: 0x0808_0808))
    #expect(PrivateAddress.contains(version6: [UInt8](repeating: 0, count: 15) + [1]))
  }

  @Test("where Slack refuses to rewrite a message, what is over is said in a new one")
  func slackUpdateRefused() throws {
    let accepted = LocalServer.answer(200, body: "{\"ok\":true,\"channel\":\"C9\",\"ts\":\"17.5\"}")
    let refused = LocalServer.answer(200, body: "{\"ok\":false,\"error\":\"message_not_found\"}")
    let server = LocalServer([accepted, refused, accepted])
    let (deliverer, later) = try resolution(server)
    _ = try deliverer.step(at: later)
    guard case .sent = try deliverer.step(at: later.adding(milliseconds: 1_000)) else {
      Issue.record("not sent")
      return
    }
    #expect(
      server.received.map { $0.head.prefix { !$0.isNewline } } == [
        "POST /chat.postMessage HTTP/1.1", "POST /chat.update HTTP/1.1", "POST /chat.postMessage HTTP/1.1",
      ])
    let posted = try #require(server.received.dropFirst(2).first)
    #expect(posted.body.contains("\"channel\":\"#deals\""))
    #expect(!posted.body.contains("\"ts\""))
  }

  @Test("a Slack bot sends to the channel and rewrites the message that it resolves")
  func slackBot() throws {
    let server = LocalServer([LocalServer.answer(200, body: "{\"ok\":true,\"channel\":\"C9\",\"ts\":\"17.5\"}")])
    let (deliverer, later) = try resolution(server)
    _ = try deliverer.step(at: later)
    // One message a second.
    #expect(try deliverer.step(at: later) == .idle)
    _ = try deliverer.step(at: later.adding(milliseconds: 1_000))
    #expect(server.received.map { $0.head.prefix(22) } == ["POST /chat.postMessage", "POST /chat.update HTTP"])
    #expect(server.received[0].header("Authorization") == "Bearer xoxb-secret")
    #expect(server.received[1].body.contains("\"ts\":\"17.5\""))
  }

  @Test("a PagerDuty incident is a group's, and its resolution ends it; a weekly digest opens none")
  func pagerDuty() throws {
    let server = LocalServer([LocalServer.answer(202)])
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    var output = Messages.make([Messages.deal("D1")], &pipeline)
    _ = pipeline.take(.ended(dealID: "D1", at: Messages.noon), at: Messages.noon)
    let later = Messages.noon.adding(milliseconds: 600_000)
    output.messages += pipeline.tick(at: later).messages
    let weekly = OutgoingMessage(id: "w", purpose: .weekly, receiver: "out", recipient: nil, madeAt: Messages.noon)
    try store.commit(&pipeline, messages: output.messages + [weekly], decisions: [], offsets: [:])
    let line = "out: {type: pagerduty, key_env: K, url: \"\(server.url)/v2/enqueue\", allow_private_addresses: true}"
    let deliverer = Deliverer(store, try Messages.receiver(line, ["K": "routing"]))
    for _ in 0..<3 { guard case .sent = try deliverer.step(at: later) else { Issue.record("not sent"); return } }
    struct Event: Decodable {
      var event_action: String?
      var dedup_key: String?
      var routing_key: String
    }
    let events = try server.received.map { try JSONDecoder().decode(Event.self, from: Data($0.body.utf8)) }
    #expect(events.map(\.event_action) == ["trigger", "resolve", nil])
    #expect(events[0].dedup_key == output.messages[0].groupKey)
    #expect(events[1].dedup_key == events[0].dedup_key)
    #expect(events.allSatisfy { $0.routing_key == "routing" })
    #expect(server.received[2].head.hasPrefix("POST /v2/change/enqueue HTTP/1.1"))
  }

  /// A deal's alert and its end, for a bot to deliver.
  private func resolution(_ server: LocalServer) throws -> (deliverer: Deliverer, later: Timestamp) {
    let line =
      "out: {type: slack, token_env: T, channel: \"#deals\", url: \"\(server.url)\", allow_private_addresses: true}"
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    var output = Messages.make([Messages.deal("D1")], &pipeline)
    _ = pipeline.take(.ended(dealID: "D1", at: Messages.noon), at: Messages.noon)
    let later = Messages.noon.adding(milliseconds: 600_000)
    output.messages += pipeline.tick(at: later).messages
    try store.commit(&pipeline, messages: output.messages, decisions: [], offsets: [:])
    return (Deliverer(store, try Messages.receiver(line, ["T": "xoxb-secret"])), later)
  }

  /// What Slack was asked over a deal's life of two days, escalated after four hours: method, channel and message's time.
  private func slackCalls(_ groupBy: String, _ deals: [String]) throws -> [String] {
    let server = LocalServer(
      (1...9).map { LocalServer.answer(200, body: "{\"ok\":true,\"channel\":\"C\($0)\",\"ts\":\"\($0).5\"}") })
    let rules = try RulesLoader.load(
      yaml: """
        receivers: {out: {type: console}}
        owners:
          cro: carla
          people:
            carla: {name: Carla, slack: U2}
            max: {name: Max, slack: U1, manager: carla}
            rep_22: {name: Rita, manager: max}
        route: {receiver: out, to: manager, group_by: [\(groupBy)], group_wait: 0s, escalate_after: 4h}
        """, file: "router.yaml")
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(rules)
    let line =
      "out: {type: slack, token_env: T, channel: \"#d\", url: \"\(server.url)\", allow_private_addresses: true}"
    let deliverer = Deliverer(store, try Messages.receiver(line, ["T": "xoxb"]))
    for deal in deals { _ = pipeline.take(Messages.deal(deal), at: Messages.noon) }
    for hour in 0..<6 {
      let now = Messages.noon.adding(milliseconds: Int64(hour) * 3_600_000)
      if hour == 5 { _ = pipeline.take(.ended(dealID: deals[0], at: now), at: now) }
      let messages = pipeline.tick(at: now).messages
      try store.commit(&pipeline, messages: messages, decisions: [], offsets: [:])
      for second in 0..<3 { _ = try deliverer.step(at: now.adding(milliseconds: Int64(second) * 1_000)) }
    }
    return server.received.map { request in
      struct Body: Decodable {
        var channel: String
        var ts: String?
      }
      let body = try? JSONDecoder().decode(Body.self, from: Data(request.body.utf8))
      let method = request.head.contains("chat.update") ? "update" : "post"
      return [method, body?.channel, body?.ts].compactMap(\.self).joined(separator: " ")
    }
  }

  @Test("after an escalation the end rewrites each reader's own message")
  func rewritesOwn() throws {
    #expect(try slackCalls("\"...\"", ["D1"]) == ["post U1", "post U2", "update C1 1.5", "update C2 2.5"])
  }

  @Test("a message that shows more than what is over stays as it is; the end is a message of its own")
  func keepsWhatItShows() throws {
    #expect(try slackCalls("kind", ["D1", "D2"]) == ["post U1", "post U2", "post U1", "post U2"])
  }

  @Test("a secret that is not set is said by the name of its variable")
  func missingSecret() throws {
    let (_, deliverer) = try outbox("out: {type: slack, url_env: SLACK_URL}")
    guard case .dead(_, let why) = try deliverer.step(at: Messages.noon) else { Issue.record("not dead"); return }
    #expect(why.contains("SLACK_URL is not set"))
  }

  @Test("Retry-After is read as seconds and as a date")
  func retryAfter() {
    let now = Date(timeIntervalSince1970: 1_445_412_470)
    #expect(RetryAfter.milliseconds("120", now: now) == 120_000)
    #expect(RetryAfter.milliseconds("Wed, 21 Oct 2015 07:28:00 GMT", now: now) == 10_000)
    #expect(RetryAfter.milliseconds("soon", now: now) == nil)
  }

  @Test("the wait after a failure lies between nothing and a bound that doubles up to the cap")
  func backOff() {
    let policy = RetryPolicy()
    #expect((1...12).map { policy.delay(attempt: $0) { $0.upperBound } }.prefix(4) == [1_000, 2_000, 4_000, 8_000])
    #expect(policy.delay(attempt: 60) { $0.upperBound } == 600_000)
    #expect(policy.delay(attempt: 3) { $0.lowerBound } == 0)
  }
}
