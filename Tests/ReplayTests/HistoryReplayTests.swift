import Deals
import Foundation
import Scoring
import Testing

@testable import Replay

@Suite("A history is replayed into a file")
struct HistoryReplayTests {
  /// A folder that is gone after the test.
  private final class Folder {
    let path = NSTemporaryDirectory() + "deal-replay-\(UUID().uuidString)"
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func callAsFunction(_ name: String) -> String { path + "/" + name }
  }

  private func write(_ changes: [DealChange], to path: String) throws {
    var writer = JSONWriter()
    var lines: [UInt8] = []
    for change in changes {
      writer.removeAll()
      writer.change(change)
      lines += writer.bytes + [0x0A]
    }
    try Data(lines).write(to: URL(filePath: path))
  }

  private func run(_ plan: ReplayPlan) throws -> Data {
    let replay = try HistoryReplay(plan)
    while try replay.advance(100) {}
    _ = try replay.finish()
    return try Data(contentsOf: URL(filePath: plan.output))
  }

  @Test("the same input gives the same bytes, from one file or from several", arguments: [1, 2, 3] as [UInt64])
  func deterministic(seed: UInt64) throws {
    let folder = try Folder()
    let changes = RandomLives.changes(2_000, deals: 100, seed: seed).sorted { $0.occurredAt < $1.occurredAt }
    try write(changes, to: folder("all.jsonl"))
    // A file of every third deal and a file of the rest: merged, they are the same history again.
    let isThird = { (change: DealChange) in change.dealID.text.utf8.reduce(0) { $0 + Int($1) } % 3 == 0 }
    let unique = Set(changes.map(\.occurredAt)).count == changes.count
    try write(changes.filter(isThird), to: folder("a.jsonl"))
    try write(changes.filter { !isThird($0) }, to: folder("b.jsonl"))
    let whole = try run(ReplayPlan(inputs: [folder("all.jsonl")], output: folder("1.jsonl")))
    #expect(whole.count > 100_000)
    #expect(try run(ReplayPlan(inputs: [folder("all.jsonl")], output: folder("2.jsonl"))) == whole)
    if unique {
      #expect(
        try run(ReplayPlan(inputs: [folder("a.jsonl"), folder("b.jsonl")], output: folder("3.jsonl"))) == whole,
        "seed \(seed)")
    }
  }

  @Test("a replay that was killed and resumed gives the bytes of one that ran through", arguments: [4, 5] as [UInt64])
  func resumed(seed: UInt64) throws {
    let folder = try Folder()
    let changes = RandomLives.changes(3_000, deals: 120, seed: seed)
    try write(changes, to: folder("in.jsonl"))
    let whole = try run(ReplayPlan(inputs: [folder("in.jsonl")], output: folder("whole.jsonl")))
    var plan = ReplayPlan(inputs: [folder("in.jsonl")], output: folder("out.jsonl"))
    plan.checkpoint = folder("checkpoint")
    plan.checkpointInterval = 700
    for kill in [900, 1_700, 300] {
      // What was not checkpointed is lost with the object, half-written lines and all.
      let replay = try HistoryReplay(plan)
      for _ in 0..<(kill / 100) { #expect(try replay.advance(100)) }
    }
    let last = try HistoryReplay(plan)
    #expect(last.isResumed)
    #expect(last.progress.changes == 2_100)
    #expect(try run(plan) == whole, "seed \(seed)")
    #expect(!FileManager.default.fileExists(atPath: folder("checkpoint")))
  }

  @Test("a checkpoint of another replay is refused")
  func otherCheckpoint() throws {
    let folder = try Folder()
    try write(RandomLives.changes(500, deals: 50, seed: 6), to: folder("in.jsonl"))
    var plan = ReplayPlan(inputs: [folder("in.jsonl")], output: folder("out.jsonl"))
    plan.checkpoint = folder("checkpoint")
    plan.checkpointInterval = 100
    #expect(try HistoryReplay(plan).advance(200))
    plan.settings.model = PointsModel()
    plan.until = Timestamp(milliseconds: 0)
    let error = ReplayError.otherReplay(
      checkpoint: folder("checkpoint"), differing: ["another --until", "another model"])
    #expect(throws: error) { try HistoryReplay(plan) }
    #expect("\(error)".contains("is the checkpoint of a replay with another --until, another model: start it as"))
  }

  @Test("until an instant: later changes are left out, what is due by then is scored")
  func until() throws {
    let folder = try Folder()
    let changes = RandomLives.changes(1_000, deals: 80, seed: 7).sorted { $0.occurredAt < $1.occurredAt }
    try write(changes, to: folder("in.jsonl"))
    let end = changes[600].occurredAt.adding(milliseconds: 1)
    var plan = ReplayPlan(inputs: [folder("in.jsonl")], output: folder("out.jsonl"))
    plan.until = end
    let decoder = RiskDecoder()
    let events = try run(plan).split(separator: 0x0A).map { line in
      try Array(line).withUnsafeBytes { try decoder.decode($0) }
    }
    #expect(events.allSatisfy { $0.occurredAt <= end })
    #expect(events.contains { $0.trigger == .ageing })
  }

  @Test("until an instant, in a file out of order: what stands behind a later change is replayed all the same")
  func untilOutOfOrder() throws {
    let folder = try Folder()
    let changes = RandomLives.changes(1_000, deals: 80, seed: 7).sorted { $0.occurredAt < $1.occurredAt }
    let end = changes[600].occurredAt
    // Later ones before, between and behind.
    let laidOut = changes[900...] + changes[..<300] + changes[700..<900] + changes[300..<700]
    try write(Array(laidOut), to: folder("mixed.jsonl"))
    try write(laidOut.filter { $0.occurredAt <= end }, to: folder("kept.jsonl"))
    func plan(_ name: String, _ inputs: [String]) -> ReplayPlan {
      var plan = ReplayPlan(inputs: inputs, output: folder("out-\(name)"))
      plan.until = end
      return plan
    }
    let kept = try run(plan("kept.jsonl", [folder("kept.jsonl")]))
    #expect(try run(plan("mixed.jsonl", [folder("mixed.jsonl")])) == kept)
    let replay = try HistoryReplay(plan("again.jsonl", [folder("mixed.jsonl")]))
    while try replay.advance(100) {}
    #expect(replay.progress.changes == Int64(changes.count { $0.occurredAt <= end }))
    // What is left out has no part in the order.
    #expect(replay.order.stragglers == 0)
    try Data().write(to: URL(filePath: folder("none.jsonl")))
    #expect(try run(plan("two.jsonl", [folder("mixed.jsonl"), folder("none.jsonl")])) == kept)
  }

  @Test("late and repeated changes from before a checkpoint are counted still when a replay goes on from it")
  func countsAfterResume() throws {
    let folder = try Folder()
    let changes = RandomLives.changes(1_000, deals: 40, seed: 11).sorted { $0.occurredAt < $1.occurredAt }
    // Each hundredth comes twice, and each hundred and first after the deal's next ones.
    var laidOut: [DealChange] = []
    for (index, change) in changes.enumerated() {
      laidOut += index % 100 == 50 ? [change, change] : [change]
      if index >= 200, index % 100 == 99 { laidOut.append(changes[index - 199]) }
    }
    try write(laidOut, to: folder("in.jsonl"))
    let whole = try HistoryReplay(ReplayPlan(inputs: [folder("in.jsonl")], output: folder("whole.jsonl")))
    while try whole.advance(100) {}
    #expect(whole.progress.late > 2 && whole.progress.repeated > 5)
    var plan = ReplayPlan(inputs: [folder("in.jsonl")], output: folder("out.jsonl"))
    plan.checkpoint = folder("checkpoint")
    plan.checkpointInterval = 300
    for _ in 0..<2 {
      let killed = try HistoryReplay(plan)
      for _ in 0..<4 { #expect(try killed.advance(100)) }
    }
    let last = try HistoryReplay(plan)
    #expect(last.isResumed && last.progress.late > 0 && last.progress.repeated > 0)
    while try last.advance(100) {}
    let progress = try last.finish()
    #expect(progress.late == whole.progress.late && progress.repeated == whole.progress.repeated)
    #expect(progress.amended == whole.progress.amended && progress.amended > 0)
  }

  @Test("one deal's scores are those that it has among all")
  func onlyDeal() throws {
    let folder = try Folder()
    let changes = RandomLives.changes(2_000, deals: 60, seed: 8)
    try write(changes, to: folder("in.jsonl"))
    let whole = try run(ReplayPlan(inputs: [folder("in.jsonl")], output: folder("all.jsonl")))
    var plan = ReplayPlan(inputs: [folder("in.jsonl")], output: folder("one.jsonl"))
    plan.onlyDeal = DealID("D7")
    let lines = whole.split(separator: 0x0A).filter {
      String(decoding: $0, as: UTF8.self).contains("\"deal_id\":\"D7\"")
    }
    #expect(lines.count > 3)
    #expect(try run(plan).split(separator: 0x0A) == lines)
  }

  @Test("changes out of order or repeated are counted and left out, another version is named, a closed deal may change")
  func wrongOrder() throws {
    func line(_ id: Int, _ change: String, _ at: String, _ stage: String, _ close: String = "", version: Int = 1)
      -> String
    {
      """
      {"event_id":"e\(id)","deal_id":"D1","change":"\(change)","occurred_at":"2024-\(at)T00:00:00Z","version":\(version),\
      "deal":{"created_at":"2024-01-01T00:00:00Z","stage":"\(stage)"\(close)}}
      """
    }
    let folder = try Folder()
    let lines = [
      line(1, "created", "01-01", "Demo"), line(2, "stage_changed", "02-01", "Proposal"),
      line(3, "stage_changed", "01-15", "Negotiation"), line(2, "stage_changed", "02-01", "Proposal"),
      line(4, "updated", "02-02", "Proposal", version: 2),
      line(5, "closed", "02-10", "Closed", ",\"outcome\":\"lost\",\"closed_at\":\"2024-02-10T00:00:00Z\""),
      line(6, "updated", "02-11", "Closed", ",\"outcome\":\"won\",\"closed_at\":\"2024-02-11T00:00:00Z\""),
    ]
    try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: folder("in.jsonl")))
    let replay = try HistoryReplay(ReplayPlan(inputs: [folder("in.jsonl")], output: folder("out.jsonl")))
    while try replay.advance(1) {}
    let progress = try replay.finish()
    #expect(progress.changes == 6 && progress.late == 1 && progress.repeated == 1 && progress.scores == 2)
    #expect(progress.amended == 1)
    #expect(replay.unreadable.first.map(\.line) == [5])
    #expect(replay.unreadable.first.allSatisfy { $0.reason.contains("version 2 is not known") })
    // The backtest puts the same file in order first; the deal counts once, with its last outcome.
    let history = try HistoryFiles(paths: [folder("in.jsonl")]).read().history
    let backtest = Backtest(history, [Backtest.Candidate(.weighted)])
    #expect(backtest.closedDeals == 1 && backtest.wonDeals == 1)
    #expect(backtest.text.contains("the only deal was won"))
  }

  @Test("lines that can't be read are counted and named, the rest is replayed")
  func unreadable() throws {
    let folder = try Folder()
    try write(RandomLives.changes(200, deals: 20, seed: 9), to: folder("in.jsonl"))
    var text = try String(contentsOfFile: folder("in.jsonl"), encoding: .utf8)
    text = "{\"deal_id\":\"D1\"\n\n" + text + "nonsense\n{\"event_id\":\"x\"}"
    try Data(text.utf8).write(to: URL(filePath: folder("in.jsonl")))
    let replay = try HistoryReplay(ReplayPlan(inputs: [folder("in.jsonl")], output: folder("out.jsonl")))
    while try replay.advance(1_000) {}
    #expect(replay.progress.changes == 200)
    #expect(replay.unreadable.count == 3)
    #expect(replay.unreadable.first.map(\.line) == [1, 203, 204])
  }

  @Test("an empty history gives an empty file")
  func empty() throws {
    let folder = try Folder()
    try Data().write(to: URL(filePath: folder("in.jsonl")))
    #expect(try run(ReplayPlan(inputs: [folder("in.jsonl")], output: folder("out.jsonl"))).isEmpty)
    #expect(throws: ReplayError.unopened(file: folder("none"))) {
      try HistoryReplay(ReplayPlan(inputs: [folder("none")], output: folder("out.jsonl")))
    }
  }
}
