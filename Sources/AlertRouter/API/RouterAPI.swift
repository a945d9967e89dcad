import AlertDelivery
import Alerts
import Configuration
import Crypto
import Deals
import Foundation
import Programs

/// A request to the router's HTTP interface.
struct APIRequest: Sendable {
  var method: String
  var path: String
  var query: [String: String] = [:]
  /// The token of `Authorization: Bearer TOKEN`.
  var token: String?
  var body = Data()
}

/// Its answer.
struct APIResponse: Sendable {
  var status: Int
  var contentType = "application/json; charset=utf-8"
  var body: Data

  init(_ status: Int, _ bytes: [UInt8]) {
    self.status = status
    body = Data(bytes)
  }

  init(_ status: Int, text: String, contentType: String = "text/plain; charset=utf-8") {
    self.status = status
    self.contentType = contentType
    body = Data(text.utf8)
  }

  static func fault(_ status: Int, _ text: String) -> APIResponse {
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("error")
    writer.string(text)
    writer.endObject()
    return APIResponse(status, writer.bytes)
  }
}

/// What the HTTP interface does, without HTTP. Works through the store, as the commands do; calls block.
struct RouterAPI: Sendable {
  let store: RouterStore
  /// Who knows it may ask and command; nil: nobody may.
  let token: String?
  /// Takes people's verdicts; nil where links are not configured.
  let links: FeedbackLinks?
  /// What is wrong with the router, nothing where it is healthy.
  let faults: @Sendable () -> [String]
  let now: @Sendable () -> Timestamp
  /// Somebody says that the stream is alive though nothing may come.
  var heartbeat: @Sendable () -> Void = {}

  /// The largest request, in bytes.
  static let maximumBody = 65_536

  func answer(_ request: APIRequest) -> APIResponse {
    switch (request.method, request.path) {
    case ("GET", "/healthz"): return health()
    case ("GET", "/feedback"), ("POST", "/feedback"): return feedback(request)
    default: break
    }
    guard let token else {
      return .fault(403, "no token is set: set DEALPULSE_ROUTER_TOKEN or --token-file and restart the router")
    }
    guard let given = request.token, Self.isEqual(given, token) else {
      return .fault(401, "this needs the header Authorization: Bearer TOKEN")
    }
    do {
      return try authorised(request)
    } catch let error as StoreError {
      return .fault(503, error.description)
    } catch {
      return .fault(400, "\(error)")
    }
  }

  private func authorised(_ request: APIRequest) throws -> APIResponse {
    let parts = request.path.split(separator: "/").map(String.init)
    switch (request.method, parts.first == "v1" ? parts.dropFirst().first : nil, parts.count) {
    case ("GET", "alerts", 2): return try alerts()
    case ("GET", "why", 2): return try why(request)
    case ("GET", "messages", 2): return try messages(request)
    case ("GET", "silences", 2): return try silences()
    case ("POST", "silences", 2): return try addSilence(request)
    case ("DELETE", "silences", 3): return try expireSilence(parts[2])
    case ("POST", "acks", 2): return try acknowledge(request)
    case ("POST", "heartbeat", 2):
      heartbeat()
      return APIResponse(202, Array("{}".utf8))
    default:
      return .fault(
        404,
        "there is nothing here: GET /v1/alerts, /v1/why?deal=ID, /v1/messages, /v1/silences; POST /v1/silences, /v1/acks, "
          + "/v1/heartbeat; DELETE /v1/silences/ID; GET /healthz")
    }
  }

  /// In a time that does not tell how much of a guess is right.
  private static func isEqual(_ left: String, _ right: String) -> Bool {
    SHA256.hash(data: Data(left.utf8)) == SHA256.hash(data: Data(right.utf8))
  }

  private func health() -> APIResponse {
    let faults = faults()
    return faults.isEmpty
      ? APIResponse(200, text: "ok\n") : APIResponse(503, text: faults.map { "\($0)\n" }.joined())
  }

  // MARK: Looking

  private func alerts() throws -> APIResponse {
    try list(try store.openAlerts()) { alert, writer in
      writer.key("subject")
      writer.string(alert.source.subject)
      writer.key("kind")
      writer.string(alert.source.kind.rawValue)
      writer.key("tier")
      writer.string(alert.source.tier.name)
      writer.key("score")
      if let score = alert.source.score { writer.tenths(Int(score.tenths)) } else { writer.null() }
      writer.key("amount")
      if let amount = alert.source.amount { writer.money(amount) } else { writer.null() }
      writer.key("news")
      writer.string(alert.news)
      writer.key("opened_at")
      writer.timestamp(alert.openedAt)
    }
  }

  private func why(_ request: APIRequest) throws -> APIResponse {
    guard let deal = request.query["deal"] else { return .fault(400, "say which deal: /v1/why?deal=D04521") }
    let decisions = try store.decisions(subject: deal)
    let messages = try store.entries(ids: Set(decisions.compactMap(\.messageID)))
    return try list(decisions) { decision, writer in
      let message = decision.messageID.flatMap { messages[$0] }
      writer.key("at")
      writer.timestamp(decision.at)
      writer.key("reason")
      writer.string(decision.reason.rawValue)
      writer.key("text")
      writer.string(decision.text)
      Self.optional("route", decision.routeID, &writer)
      Self.optional("receiver", decision.receiver, &writer)
      Self.optional("recipient", decision.recipientID, &writer)
      Self.optional("message_id", decision.messageID, &writer)
      Self.optional("delivery", message?.progress.rawValue, &writer)
      writer.key("attempts")
      if let message { writer.integer(Int64(message.attempts)) } else { writer.null() }
      Self.optional("note", message?.note, &writer)
    }
  }

  private func messages(_ request: APIRequest) throws -> APIResponse {
    let text = request.query["limit"] ?? "100"
    guard let limit = Int(text), (1...1_000).contains(limit) else {
      return .fault(400, "limit must be 1 to 1000, such as /v1/messages?limit=20")
    }
    return try list(try store.latest(limit: limit)) { entry, writer in
      writer.key("id")
      writer.string(entry.message.id)
      writer.key("state")
      writer.string(entry.state)
      writer.key("purpose")
      writer.string(entry.message.purpose.rawValue)
      writer.key("receiver")
      writer.string(entry.message.receiver)
      Self.optional("recipient", entry.message.recipient?.id, &writer)
      writer.key("made_at")
      writer.timestamp(entry.message.madeAt)
      writer.key("attempts")
      writer.integer(Int64(entry.attempts))
      Self.optional("note", entry.note, &writer)
    }
  }

  private func silences() throws -> APIResponse {
    let now = now()
    return try list(try store.silencesToCome(at: now).silences) { silence, writer in
      Self.write(silence, at: now, &writer)
    }
  }

  // MARK: Commanding

  private func addSilence(_ request: APIRequest) throws -> APIResponse {
    struct Body: Decodable {
      var matchers: [String]
      var duration: String
      var author: String
      var comment: String
    }
    let body = try decode(Body.self, request, "matchers, duration, author and comment")
    guard let length = Milliseconds(configurationText: body.duration) else {
      return .fault(400, "duration must be \(Milliseconds.form)")
    }
    let now = now()
    let silence = try Silence(
      id: String(UUID().uuidString.lowercased().prefix(8)), matchers: body.matchers, startsAt: now,
      endsAt: now.adding(milliseconds: length.value), author: body.author, comment: body.comment)
    try store.submit(.silence(silence))
    var writer = JSONWriter()
    writer.beginObject()
    Self.write(silence, at: now, &writer)
    writer.endObject()
    return APIResponse(201, writer.bytes)
  }

  private func expireSilence(_ id: String) throws -> APIResponse {
    guard try store.expireSilence(id, at: now()) else {
      return .fault(404, "there is no silence \(id) in force or to come: GET /v1/silences lists them")
    }
    return APIResponse(202, Array("{}".utf8))
  }

  private func acknowledge(_ request: APIRequest) throws -> APIResponse {
    struct Body: Decodable {
      var deal: String
      var author: String
    }
    let body = try decode(Body.self, request, "deal and author")
    guard try store.acknowledge(subject: body.deal, author: body.author) else {
      return .fault(404, "no alert of \(body.deal) is open: GET /v1/alerts lists those of this router")
    }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("deal")
    writer.string(body.deal)
    writer.key("acknowledged_by")
    writer.string(body.author)
    writer.endObject()
    return APIResponse(202, writer.bytes)
  }

  private func decode<Value: Decodable>(
    _ type: Value.Type, _ request: APIRequest, _ needs: String
  ) throws -> Value {
    do { return try JSONDecoder().decode(type, from: request.body) } catch {
      throw Failure("the body must be a JSON object with \(needs)")
    }
  }

  private static func write(_ silence: Silence, at now: Timestamp, _ writer: inout JSONWriter) {
    writer.key("id")
    writer.string(silence.id)
    writer.key("phase")
    writer.string(silence.phase(at: now).rawValue)
    writer.key("matchers")
    writer.beginArray()
    for matcher in silence.matchers { writer.string(matcher) }
    writer.endArray()
    writer.key("starts_at")
    writer.timestamp(silence.startsAt)
    writer.key("ends_at")
    writer.timestamp(silence.endsAt)
    writer.key("author")
    writer.string(silence.author)
    writer.key("comment")
    writer.string(silence.comment)
  }

  private static func optional(_ name: StaticString, _ text: String?, _ writer: inout JSONWriter) {
    writer.key(name)
    if let text { writer.string(text) } else { writer.null() }
  }

  private func list<Item>(
    _ items: [Item], _ write: (Item, inout JSONWriter) -> Void
  ) throws -> APIResponse {
    var writer = JSONWriter()
    writer.beginArray()
    for item in items {
      writer.beginObject()
      write(item, &writer)
      writer.endObject()
    }
    writer.endArray()
    return APIResponse(200, writer.bytes)
  }
}
