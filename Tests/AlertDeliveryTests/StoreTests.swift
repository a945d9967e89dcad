import Alerts
import Deals
import Foundation
import Synchronization
import Testing

@testable import AlertDelivery

@Suite struct StoreTests {
  @Test("several that make one store at the same time all get it")
  func madeTogether() throws {
    let errors = Mutex<[String]>([])
    for _ in 0..<10 {
      let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sqlite").path
      DispatchQueue.concurrentPerform(iterations: 4) { _ in
        do { _ = try RouterStore(path: path, patience: 60) } catch { errors.withLock { $0.append("\(error)") } }
      }
    }
    #expect(errors.withLock { $0 } == [])
  }

  @Test("a pipeline that is restored says nothing again, and goes on where it was")
  func restart() throws {
    let (store, path) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    let output = Messages.make([Messages.deal("D1"), Messages.deal("D2")], &pipeline)
    let place = InputPartition("deals.risk", 3)
    try store.commit(&pipeline, messages: output.messages, decisions: output.decisions, offsets: [place: 17])

    let again = try RouterStore(path: path)
    var restored = AlertPipeline(try Messages.rules())
    try again.restore(&restored)
    #expect(restored.openAlerts == pipeline.openAlerts)
    #expect(restored.allGroups == pipeline.allGroups)
    #expect(try again.offsets() == [place: 17])
    let second = Messages.make([Messages.deal("D1")], &restored)
    #expect(second.messages.isEmpty)
    #expect(second.decisions.map(\.reason) == [.deduplicated])
    #expect(try again.decisions(subject: "D1").map(\.reason) == [.grouped, .sent])
  }

  @Test("what is restored speaks through the receivers that the rules have now")
  func restartWithOtherReceivers() throws {
    let (store, path) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    let output = Messages.make([Messages.deal("D1")], &pipeline)
    try store.commit(&pipeline, messages: output.messages, decisions: output.decisions, offsets: [:])
    let renamed = "receivers: {new: {type: console}}\nroute: {receiver: new, group_by: [\"...\"], group_wait: 0s}\n"
    var restored = AlertPipeline(try RulesLoader.load(yaml: renamed, file: "router.yaml"))
    try RouterStore(path: path).restore(&restored)
    #expect(restored.allGroups.map(\.receiver) == ["new"])
    let reminder = restored.tick(at: Messages.noon.adding(days: 5)).messages
    #expect(reminder.map(\.receiver) == ["new"])
  }

  @Test("a message whose receiver is gone goes to the one that its route has now, under the same id")
  func strays() throws {
    let (store, _) = try Messages.store()
    let before = "receivers: {old: {type: console}}\nroute: {receiver: old, group_by: [\"...\"], group_wait: 0s}\n"
    var pipeline = AlertPipeline(try RulesLoader.load(yaml: before, file: "router.yaml"))
    let output = Messages.make([Messages.deal("D1")], &pipeline)
    try store.commit(&pipeline, messages: output.messages, decisions: [], offsets: [:])
    let rules = try Messages.rules()
    let id = try #require(output.messages.first?.id)
    #expect(try store.settleStrays(rules, at: Messages.noon) == [.init(id: id, receiver: "old", destination: "out")])
    #expect(try store.settleStrays(rules, at: Messages.noon).isEmpty)
    let entry = try #require(try store.takeNext(receiver: "out", at: Messages.noon))
    #expect(entry.message.id == id)
    #expect(entry.message.receiver == "out")
  }

  @Test("a message whose receiver is gone and whose route nobody knows is a dead letter, and again when it is retried")
  func strayWithoutRoute() throws {
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    var message = OutgoingMessage(id: "m", purpose: .daily, receiver: "old", recipient: nil, madeAt: Messages.noon)
    message.period = "2026-03-02"
    try store.commit(&pipeline, messages: [message], decisions: [], offsets: [:])
    let rules = try Messages.rules()
    for _ in 0..<2 {
      #expect(try store.settleStrays(rules, at: Messages.noon) == [.init(id: "m", receiver: "old", destination: nil)])
      let dead = try #require(try store.entries(state: "dead").first)
      #expect(dead.note?.contains("no receiver old any more") == true)
      #expect(try store.retryDead(id: "m", at: Messages.noon) == 1)
    }
  }

  @Test("a message that is stored twice is in the outbox once")
  func once() throws {
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    let output = Messages.make([Messages.deal("D1")], &pipeline)
    for _ in 0..<2 { try store.commit(&pipeline, messages: output.messages, decisions: [], offsets: [:]) }
    #expect(try store.entries(state: "pending").count == 1)
  }

  @Test("an alert that opens, ends and opens again is in the outbox each time")
  func reopened() throws {
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    var now = Messages.noon
    var purposes: [MessagePurpose] = []
    for round in 1...2 {
      var opening = Messages.deal("D1")
      opening.eventID = "opening \(round)"
      for statement in [opening, .ended(dealID: "D1", at: now)] {
        var output = PipelineOutput(decisions: pipeline.take(statement, at: now))
        now = now.adding(milliseconds: 600_000)
        output.messages += pipeline.tick(at: now).messages
        purposes += output.messages.map(\.purpose)
        try store.commit(&pipeline, messages: output.messages, decisions: output.decisions, offsets: [:])
      }
    }
    #expect(purposes == [.alert, .resolved, .alert, .resolved])
    #expect(try store.entries(state: "pending").map(\.message.purpose) == purposes)
  }

  @Test("an intent without a result is sent again with the same id, marked as a possible repeat")
  func intents() throws {
    let (store, _) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    let output = Messages.make([Messages.deal("D1")], &pipeline)
    try store.commit(&pipeline, messages: output.messages, decisions: [], offsets: [:])
    let first = try #require(try store.takeNext(receiver: "out", at: Messages.noon))
    #expect(!first.isPossibleRepeat)
    #expect(try store.takeNext(receiver: "out", at: Messages.noon) == nil)
    try store.recoverIntents()
    let second = try #require(try store.takeNext(receiver: "out", at: Messages.noon))
    #expect(second.isPossibleRepeat)
    #expect(second.message.id == first.message.id)
  }

  @Test("what ended long ago is forgotten, what is open is not")
  func forgetting() throws {
    let (store, path) = try Messages.store()
    var pipeline = AlertPipeline(try Messages.rules())
    var output = Messages.make([Messages.deal("D1"), Messages.deal("D2")], &pipeline)
    output.decisions += pipeline.take(.ended(dealID: "D1", at: Messages.noon), at: Messages.noon)
    try store.commit(&pipeline, messages: output.messages, decisions: output.decisions, offsets: [:])
    let later = Messages.noon.adding(days: 100)
    pipeline.forgetOld(at: later)
    try store.commit(&pipeline, messages: [], decisions: [], offsets: [:])
    #expect(pipeline.deduplicator.count == 1)
    var restored = AlertPipeline(try Messages.rules())
    try RouterStore(path: path).restore(&restored)
    #expect(restored.deduplicator.count == 1)
    let entry = try #require(try store.takeNext(receiver: "out", at: Messages.noon))
    try store.markSent(entry, reference: nil, at: Messages.noon)
    let rows = try store.unpublished(limit: 100)
    try store.markPublished(upTo: rows.last?.sequence ?? 0)
    try store.forget(before: later)
    #expect(try store.entries(state: "sent").isEmpty)
    #expect(try store.entries(state: "pending").count == 1)
    #expect(try store.decisions(subject: "D1").isEmpty)
  }

  @Test("a file that is no database is refused with words on what to do")
  func damaged() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sqlite").path
    try Data(repeating: 0x55, count: 8_192).write(to: URL(fileURLWithPath: path))
    #expect {
      try RouterStore(path: path)
    } throws: {
      "\($0)".contains("Nothing is lost")
    }
  }

  @Test("commands reach the pipeline once they are applied, and a repeat changes nothing")
  func commands() throws {
    let (store, _) = try Messages.store()
    let silence = try Silence(
      id: "s1", matchers: ["deal_id=D1"], startsAt: Messages.noon, endsAt: Messages.noon.adding(days: 1), author: "ann",
      comment: "known")
    try store.submit(.silence(silence))
    var pipeline = AlertPipeline(try Messages.rules())
    let (commands, last) = try store.commands()
    for _ in 0..<2 { for command in commands { command.apply(to: &pipeline, at: Messages.noon) } }
    try store.commit(&pipeline, messages: [], decisions: [], offsets: [:])
    try store.forgetCommands(upTo: last)
    #expect(try store.silences() == [silence])
    #expect(try store.commands().commands.isEmpty)
  }
}
