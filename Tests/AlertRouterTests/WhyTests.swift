import AlertDelivery
import Alerts
import Deals
import Foundation
import Testing

@testable import AlertRouter

/// What `why` and /v1/why say of messages on their way.
@Suite struct WhyTests {
  private let noon = Timestamp(milliseconds: 1_772_452_800_000)

  @Test("why tells a message that is queued from one that is retried, dead or delivered, with the receiver's name")
  func progress() throws {
    let store = try StoredAlert.store("D1", at: noon)
    func told() throws -> String { try WhyCommand.lines("D1", store).joined(separator: "\n") }
    func answered() -> String {
      let api = RouterAPI(store: store, token: "t", links: nil, faults: { [] }, now: { [noon] in noon })
      let request = APIRequest(method: "GET", path: "/v1/why", query: ["deal": "D1"], token: "t")
      return String(decoding: api.answer(request).body, as: UTF8.self)
    }
    #expect(try told().contains("sent (root → out): to out [out: queued, not tried yet]"))
    #expect(answered().contains("\"receiver\":\"out\""))
    #expect(answered().contains("\"delivery\":\"queued\""))
    var entry = try #require(try store.takeNext(receiver: "out", at: noon))
    try store.markRetry(entry, notBefore: noon, note: "no answer", at: noon)
    #expect(try told().contains("[out: retrying after 1 try: no answer]"))
    #expect(try told().contains("failed (→ out): try 1 with out: no answer"))
    entry = try #require(try store.takeNext(receiver: "out", at: noon))
    try store.markDead(entry, note: "refused", at: noon)
    #expect(try told().contains("[out: dead letter after 2 tries: refused]"))
    #expect(answered().contains("\"delivery\":\"dead_letter\""))
    _ = try store.retryDead(id: nil, at: noon)
    entry = try #require(try store.takeNext(receiver: "out", at: noon))
    try store.markSent(entry, reference: nil, at: noon)
    #expect(try told().contains("[out: delivered 2026-03-02T12:00:00Z]"))
    #expect(try told().contains("delivered (→ out): out has taken it"))
  }

  @Test("why says that another router of the group speaks of a deal, and doesn't claim that no event of it came")
  func elsewhere() throws {
    let store = try StoredAlert.store("D1", at: noon)
    var pipeline = AlertPipeline(try StoredAlert.rules())
    try store.restore(&pipeline)
    let state = try #require(pipeline.state(of: Fingerprint(kind: .dealRisk, subject: "D1")))
    let other = try StoredAlert.emptyStore()
    var learner = AlertPipeline(try StoredAlert.rules())
    learner.ownNothing()
    _ = learner.learn(.alert(Fingerprint(kind: .dealRisk, subject: "D1"), state), from: "other", at: noon)
    try other.commit(&learner, messages: [], decisions: [], offsets: [:])
    #expect(try WhyCommand.lines("D1", other)[0].contains("another router of the group speaks of D1: High"))
    #expect(try WhyCommand.lines("D2", other)[0].contains("or another router of the group has its partition"))
  }
}
