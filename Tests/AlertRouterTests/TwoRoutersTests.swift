import AlertDelivery
import Deals
import Foundation
import Testing

/// Two processes in one group, each with a store of its own.
@Suite(.serialized) struct TwoRoutersTests {
  private static let rules = Stage.rules.replacing("group_wait: 0s", with: "group_wait: 0s, group_interval: 1s")

  private func deals(_ prefix: String, _ range: Range<Int>, score: Double = 58) throws -> [RiskEvent] {
    try range.map { try Stage.event("\(prefix)\($0)", score: score) }
  }

  private func waitForShare(_ stage: Stage, _ store: String, count: Int) throws {
    try stage.waitFor("\(store)'s partitions") {
      stage.log(store).components(separatedBy: "partitions assigned").count > count
    }
  }

  @Test("partitions are shared, and a deal is said once: also when its partition moves, and moves back after a kill")
  func moves() throws {
    let stage = try Stage(rules: Self.rules, partitions: 4)
    let first = try stage.start(store: "first", instance: "r1")
    try stage.send(try deals("A", 0..<40))
    try stage.waitFor("the first alerts") { stage.arrivals.count == 40 }

    // A second router takes over some of the partitions, with the first one's word on what was said.
    let second = try stage.start(store: "second", instance: "r2")
    try waitForShare(stage, "first", count: 2)
    try waitForShare(stage, "second", count: 1)
    try stage.send(try deals("A", 0..<40))
    try stage.send(try deals("B", 0..<40))
    try stage.waitFor("the second alerts") { Set(stage.arrivals.map(\.deal)).count == 80 }
    try stage.waitFor("both at work") {
      let counts = try ["first", "second"].map { try stage.store($0).entries(state: "sent").count }
      return counts[0] > 40 && counts[1] > 0 && counts[0] + counts[1] == 80
    }

    // What was decided is known to all once it is committed.
    try stage.waitFor("their offsets") { try stage.committed() == 120 }

    // The second one dies; the first goes on with what both have said.
    kill(second.processIdentifier, SIGKILL)
    try waitForShare(stage, "first", count: 3)
    try stage.send(try deals("A", 0..<40))
    try stage.send(try deals("B", 0..<40))
    try stage.send(try deals("C", 0..<10))
    try stage.waitFor("the third alerts") { Set(stage.arrivals.map(\.deal)).count == 90 }
    try stage.stop(first)
    #expect(stage.arrivals.count == 90)
  }

  @Test("a deal whose alert one router opened is resolved by the other, once")
  func resolvedElsewhere() throws {
    let stage = try Stage(rules: Self.rules, partitions: 4)
    let first = try stage.start(store: "first", instance: "r1")
    try stage.send(try deals("A", 0..<20))
    try stage.waitFor("the alerts") { stage.arrivals.count == 20 }
    let second = try stage.start(store: "second", instance: "r2")
    try waitForShare(stage, "second", count: 1)
    try stage.stop(first)
    // A static member's partitions are free when its session has ended.
    try waitForShare(stage, "second", count: 2)
    try stage.send(try (0..<20).map { try Stage.won("A\($0)", offset: 99) })
    try stage.waitFor("the ends") {
      Set(stage.arrivals.filter { $0.body.contains("\"purpose\":\"resolved\"") }.map(\.deal)).count == 20
    }
    try stage.stop(second)
    let resolved = stage.arrivals.filter { $0.body.contains("\"purpose\":\"resolved\"") }
    #expect(Set(resolved.map(\.deal)).count == 20)
    #expect(resolved.count == 20)
    #expect(stage.arrivals.count == 40)
  }

  @Test("a router that has lost its store learns from alerts.state what was said")
  func lostStore() throws {
    let stage = try Stage(rules: Self.rules)
    let before = try stage.start(store: "before", instance: "r1")
    try stage.send(try deals("A", 0..<10))
    try stage.waitFor("the alerts") { stage.arrivals.count == 10 }
    try stage.waitFor("their results") { try stage.store("before").entries(state: "sent").count == 10 }
    try stage.stop(before)
    let after = try stage.start(store: "after", instance: "r1")
    try stage.send(try deals("A", 0..<10, score: 59) + deals("B", 0..<1))
    try stage.waitFor("what is new") { stage.arrivals.contains { $0.deal == "B0" } }
    try stage.stop(after)
    #expect(stage.arrivals.count == 11)
  }

  /// Asks the first router for a silence.
  private func silenceEdTech(_ stage: Stage) throws {
    let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    try stage.store("first").submit(
      .silence(
        try .init(
          id: "s1", matchers: ["industry=EdTech"], startsAt: now, endsAt: now.adding(days: 1), author: "ann",
          comment: "known")))
  }

  @Test("a silence that a router could not tell of before it died is told after its start")
  func untoldSilence() throws {
    let stage = try Stage(rules: Self.rules, partitions: 4)
    let first = try stage.start(store: "first", instance: "r1")
    try stage.send([try Stage.event("D1")])
    try stage.waitFor("the first offset") { try stage.committed() == 1 }
    try stage.setWritable("alerts.state", false)
    try silenceEdTech(stage)
    try stage.waitFor("the silence") { try stage.store("first").silences().count == 1 }
    kill(first.processIdentifier, SIGKILL)
    try stage.waitFor("the end of the first") { !first.isRunning }
    try stage.setWritable("alerts.state", true)
    let again = try stage.start(store: "first", instance: "r1")
    let second = try stage.start(store: "second", instance: "r2")
    try stage.waitFor("the silence in both") { try stage.store("second").silences().count == 1 }
    try stage.waitFor("no command left") { try stage.store("first").commands().commands.isEmpty }
    try stage.stop(again)
    try stage.stop(second)
  }

  @Test("an offset is committed only once other routers have been told what was decided before it")
  func toldFirst() throws {
    let stage = try Stage(rules: Self.rules)
    let router = try stage.start()
    try stage.send([try Stage.event("D1")])
    try stage.waitFor("the first offset") { try stage.committed() == 1 }
    try stage.setWritable("alerts.state", false)
    try stage.send([try Stage.event("D2")])
    try stage.waitFor("the second alert") { stage.arrivals.count == 2 }
    // This one is read a turn after the second.
    try stage.send([try Stage.event("D3")])
    try stage.waitFor("the third alert") { stage.arrivals.count == 3 }
    #expect(try stage.committed() == 1)
    try stage.setWritable("alerts.state", true)
    try stage.waitFor("all offsets") { try stage.committed() == 3 }
    try stage.stop(router)
  }

  @Test("a silence said to one router holds in the other")
  func silences() throws {
    let stage = try Stage(rules: Self.rules, partitions: 4)
    let first = try stage.start(store: "first", instance: "r1")
    let second = try stage.start(store: "second", instance: "r2")
    try waitForShare(stage, "first", count: 1)
    try waitForShare(stage, "second", count: 1)
    try silenceEdTech(stage)
    try stage.waitFor("the silence in both") { try stage.store("second").silences().count == 1 }
    try stage.send(try (0..<20).map { try Stage.event("E\($0)", industry: "EdTech") })
    try stage.send(try (0..<20).map { try Stage.event("F\($0)", industry: "FinTech") })
    try stage.waitFor("what is not silenced") { stage.arrivals.count == 20 }
    try stage.stop(first)
    try stage.stop(second)
    #expect(stage.arrivals.allSatisfy { $0.deal.hasPrefix("F") })
    #expect(stage.arrivals.count == 20)
  }
}
