import AlertDelivery
import Deals
import Foundation
import Synchronization
import Testing

@testable import AlertRouter

/// The interface without HTTP: what it answers, and to whom.
@Suite struct APITests {
  private let noon = Timestamp(milliseconds: 1_772_452_800_000)

  private func api(token: String? = "t0k3n", links: FeedbackLinks? = nil) throws -> RouterAPI {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sqlite").path
    return RouterAPI(
      store: try RouterStore(path: path), token: token, links: links, faults: { [] }, now: { [noon] in noon })
  }

  private func text(_ response: APIResponse) -> String { String(decoding: response.body, as: UTF8.self) }

  @Test("without the token nothing is told and nothing is done; health alone needs none")
  func token() throws {
    let api = try api()
    for path in ["/v1/alerts", "/v1/why", "/v1/messages", "/v1/silences", "/v1/acks", "/nothing"] {
      #expect(api.answer(APIRequest(method: "GET", path: path)).status == 401)
      #expect(api.answer(APIRequest(method: "GET", path: path, token: "wrong")).status == 401)
    }
    #expect(api.answer(APIRequest(method: "GET", path: "/healthz")).status == 200)
    let closed = try self.api(token: nil)
    #expect(closed.answer(APIRequest(method: "GET", path: "/v1/alerts", token: "")).status == 403)
  }

  @Test("a limit that is none is refused, and says what to write")
  func limits() throws {
    let api = try api()
    func status(_ limit: String) -> Int {
      api.answer(APIRequest(method: "GET", path: "/v1/messages", query: ["limit": limit], token: "t0k3n")).status
    }
    #expect(["abc", "-1", "0", "1001", "", "1e3"].map(status) == Array(repeating: 400, count: 6))
    #expect(["1", "20", "1000"].map(status) == [200, 200, 200])
    #expect(api.answer(APIRequest(method: "GET", path: "/v1/messages", token: "t0k3n")).status == 200)
  }

  @Test("a silence is added, listed and ended; one that is wrong is refused with what to write")
  func silences() throws {
    let api = try api()
    func post(_ body: String) -> APIResponse {
      api.answer(APIRequest(method: "POST", path: "/v1/silences", token: "t0k3n", body: Data(body.utf8)))
    }
    let body = #"{"matchers": ["industry=EdTech"], "duration": "3d", "author": "ann", "comment": "known"}"#
    #expect(post(body).status == 201)
    let commands = try api.store.commands().commands
    guard case .silence(let silence) = commands.first else {
      Issue.record("no silence")
      return
    }
    #expect(silence.endsAt == noon.adding(days: 3))
    for (wrong, words) in [
      (body.replacing("3d", with: "soon"), "duration"), (body.replacing("industry", with: "colour"), "no field colour"),
      (body.replacing("\"known\"", with: "\"\""), "comment"), ("{}", "JSON object with matchers"),
    ] {
      let answer = post(wrong)
      #expect(answer.status == 400)
      #expect(text(answer).contains(words), "\(text(answer))")
    }
    let missing = api.answer(APIRequest(method: "DELETE", path: "/v1/silences/none", token: "t0k3n"))
    #expect(missing.status == 404)
  }

  @Test(
    "an acknowledgement is left for the router, one of nothing is refused, and an unknown path is told of the others")
  func acknowledging() throws {
    let api = RouterAPI(
      store: try StoredAlert.store("D1", at: noon), token: "t0k3n", links: nil, faults: { [] }, now: { [noon] in noon })
    let other = Data(#"{"deal": "D2", "author": "ann"}"#.utf8)
    let unknown = api.answer(APIRequest(method: "POST", path: "/v1/acks", token: "t0k3n", body: other))
    #expect(unknown.status == 404)
    #expect(text(unknown).contains("no alert of D2 is open"))
    let body = Data(#"{"deal": "D1", "author": "ann"}"#.utf8)
    #expect(api.answer(APIRequest(method: "POST", path: "/v1/acks", token: "t0k3n", body: body)).status == 202)
    guard case .acknowledge("D1", "ann")? = try api.store.commands().commands.first else {
      Issue.record("no acknowledgement")
      return
    }
    let nothing = api.answer(APIRequest(method: "GET", path: "/v2/alerts", token: "t0k3n"))
    #expect(nothing.status == 404)
    #expect(text(nothing).contains("/v1/alerts"))
  }

  @Test("whoever has the token may say that the stream is alive")
  func heartbeat() throws {
    let beats = Atomic<Int>(0)
    let api = RouterAPI(
      store: try StoredAlert.emptyStore(), token: "t0k3n", links: nil, faults: { [] }, now: { [noon] in noon },
      heartbeat: { beats.add(1, ordering: .relaxed) })
    #expect(api.answer(APIRequest(method: "POST", path: "/v1/heartbeat")).status == 401)
    #expect(beats.load(ordering: .relaxed) == 0)
    #expect(api.answer(APIRequest(method: "POST", path: "/v1/heartbeat", token: "t0k3n")).status == 202)
    #expect(beats.load(ordering: .relaxed) == 1)
  }

  // MARK: Feedback

  private let links = FeedbackLinks(base: "https://dp.test/", secret: "0123456789abcdef", validMilliseconds: 3_600_000)

  private func fields(_ link: String) -> [String: String] {
    RouterAPI.form(String(link.drop { $0 != "?" }.dropFirst()))
  }

  private func link() throws -> String {
    let stage = try Stage.event("D 1&<x>")
    let rendered = try RenderedAlert.text(stage, links, by: "max", at: noon)
    return try #require(rendered.split(separator: "\n").first { $0.contains("accurate: ") })
      .trimmingCharacters(in: .whitespaces).replacing("accurate: ", with: "")
  }

  @Test("a link shows what will be said and says it only when asked to; the verdict is kept for deals.feedback")
  func feedback() throws {
    let api = try api(token: nil, links: links)
    var fields = fields(try link())
    let page = api.answer(APIRequest(method: "GET", path: "/feedback", query: fields))
    #expect(page.status == 200)
    #expect(text(page).contains("D 1&amp;&lt;x&gt;"))
    #expect(!text(page).contains("<x>"))
    #expect(try api.store.unpublishedFeedback(limit: 9).isEmpty)
    fields["verdict"] = "wrong"
    fields["reason"] = "they have signed & sealed"
    let form = fields.map { "\(Self.escaped($0))=\(Self.escaped($1))" }.joined(separator: "&")
    let answer = api.answer(APIRequest(method: "POST", path: "/feedback", body: Data(form.utf8)))
    #expect(answer.status == 200)
    let kept = try #require(try api.store.unpublishedFeedback(limit: 9).first).value
    let feedback = try kept.withUnsafeBytes { try FeedbackDecoder().decode($0) }
    #expect(feedback.verdict == .wrong)
    #expect(feedback.reason == "they have signed & sealed")
    #expect(feedback.by == "max")
    #expect(feedback.dealID.text == "D 1&<x>")
  }

  @Test("the page of a link is a form whose fields, sent as they stand with a verdict, say it")
  func feedbackForm() throws {
    let api = try api(token: nil, links: links)
    let page = text(api.answer(APIRequest(method: "GET", path: "/feedback", query: fields(try link()))))
    #expect(!page.contains("SQL"))
    let inputs = page.matches(of: /<input type="(\w+)" name="(\w+)" value="([^"]*)"( checked)?>/).map(\.output)
    let choices = inputs.filter { $0.1 == "radio" }
    #expect(choices.map(\.3) == ["accurate", "wrong"])
    #expect(choices.filter { $0.4 != nil }.map(\.3) == ["accurate"])
    let hidden = inputs.filter { $0.1 == "hidden" }.map { input in
      let value = input.3.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
      return "\(input.2)=\(Self.escaped(String(value)))"
    }
    let form = (hidden + ["verdict=wrong", "reason="]).joined(separator: "&")
    let answer = api.answer(APIRequest(method: "POST", path: "/feedback", body: Data(form.utf8)))
    #expect(answer.status == 200)
    #expect(text(answer).contains("is wrong"))
    #expect(try api.store.unpublishedFeedback(limit: 9).count == 1)
  }

  @Test("a link that was changed in any part is refused, and so is one whose time is over")
  func forgery() throws {
    let api = try api(token: nil, links: links)
    let good = fields(try link())
    for name in ["deal", "event", "by", "until", "sig"] {
      var changed = good
      changed[name] = name == "until" ? "9999999999999" : (good[name] ?? "") + "0"
      #expect(api.answer(APIRequest(method: "GET", path: "/feedback", query: changed)).status == 403, "\(name)")
      changed[name] = nil
      #expect(api.answer(APIRequest(method: "GET", path: "/feedback", query: changed)).status == 403, "\(name)")
    }
    let later = RouterAPI(
      store: api.store, token: nil, links: links, faults: { [] }, now: { [noon] in noon.adding(days: 1) })
    #expect(later.answer(APIRequest(method: "GET", path: "/feedback", query: good)).status == 410)
    let other = FeedbackLinks(base: "https://dp.test", secret: "another secret!!", validMilliseconds: 3_600_000)
    #expect(throws: FeedbackFault.forged) { try other.feedback(good, at: noon) }
  }

  private static func escaped(_ text: String) -> String {
    text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
  }
}
