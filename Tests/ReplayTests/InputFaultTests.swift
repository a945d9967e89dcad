import Deals
import Foundation
import Scoring
import Simulation
import Testing

@testable import Replay

@Suite("Input that is not what it should be is named, with what to do")
struct InputFaultTests {
  private func words(_ body: () throws -> Void) -> String {
    do {
      try body()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("a table under another name is refused with the names that tables have")
  func otherName() throws {
    let folder = try TestFolder()
    let path = try folder.write("d.txt", ["deal_id,created_date,deal_stage", "D1,2024-01-01,Demo"])
    let text = words { _ = try HistoryReplay(ReplayPlan(inputs: [path], output: folder("out.jsonl"))) }
    #expect(text.contains("d.txt looks like a table") && text.contains(".csv.zst"))
    #expect(words { _ = try HistoryFiles(paths: [path]).read() }.contains("looks like a table"))
  }

  @Test("columns that a table lacks are told: the scores depend on them")
  func missingColumns() throws {
    let folder = try TestFolder()
    let path = try folder.write("deals.csv", ["deal_id,created_date,deal_stage,industry", "D1,2024-01-01,Demo,SaaS"])
    let remarks = try HistoryFiles(paths: [path]).read().remarks.joined(separator: "\n")
    #expect(remarks.contains("no column for the outcome: every deal counts as open"))
    #expect(remarks.contains("amount, closed_at, lead_source, product_type, region, rep_id"))
    let replay = try HistoryReplay(ReplayPlan(inputs: [path], output: folder("out.jsonl")))
    #expect(replay.remarks.joined(separator: "\n") == remarks)
  }

  @Test("rows that a later row of the same deal replaced are told, and how many had another outcome")
  func repeatedRows() throws {
    let folder = try TestFolder()
    let header = "deal_id,created_date,closed_date,deal_stage,outcome"
    let rows = ["Won", "Lost", "Lost"].map { "D1,2024-01-01,2024-02-01,Demo,\($0)" }
    let path = try folder.write("deals.csv", [header] + rows)
    let remarks = try HistoryFiles(paths: [path]).read().remarks
    #expect(remarks.contains { $0.hasSuffix("a later row of the same deal: 2, with another outcome: 1") })
  }

  @Test("a byte order mark before the first line costs nothing")
  func byteOrderMark() throws {
    let folder = try TestFolder()
    let lines = RandomLives.changes(50, deals: 10, seed: 3).map(TestFolder.line)
    let path = try folder.write("in.jsonl", ["\u{FEFF}" + lines[0]] + lines[1...])
    let replay = try HistoryReplay(ReplayPlan(inputs: [path], output: folder("out.jsonl")))
    try TestFolder.run(replay)
    #expect(replay.progress.changes == 50 && replay.unreadable.count == 0)
    let whole = try HistoryFiles(paths: [path]).read()
    #expect(whole.history.changes.count == 50 && whole.unreadable.isEmpty)
  }

  @Test("an input of which no line can be used is the wrong one, and no empty history")
  func nothingUsable() throws {
    let folder = try TestFolder()
    var writer = JSONWriter()
    var scorer = SmallScorer(partitions: 1, seed: 3)
    scorer.run(RandomLives.changes(60, deals: 10, seed: 3))
    let scores = scorer.topics.risks.compactMap(\.event).map { event in
      writer.removeAll()
      writer.riskEvent(event)
      return String(decoding: writer.bytes, as: UTF8.self)
    }
    let header = "deal_id,created_date,deal_stage"
    let inputs = [
      try folder.write("scores.jsonl", scores), try folder.write("deals.csv", [header, "D1,2024-13-01,Demo"]),
      try folder.write(
        "dump.jsonl", [#"{"topic":"deals.changes","partition":0,"offset":0,"key":"D1","payload":"no change"}"#]),
    ]
    for path in inputs {
      let streamed = words { _ = try HistoryReplay(ReplayPlan(inputs: [path], output: folder("out.jsonl"))) }
      #expect(streamed.contains("\(path) could be used (\(path):"), "\(streamed)")
      #expect(words { _ = try HistoryFiles(paths: [path]).read() } == streamed)
    }
    // What lies after the end that was asked for could be used.
    let change = try #require(RandomLives.changes(1, deals: 1, seed: 3).first)
    let late = try folder.write("late.jsonl", ["nonsense", TestFolder.line(change)])
    var plan = ReplayPlan(inputs: [late], output: folder("out.jsonl"))
    plan.until = change.occurredAt.adding(days: -1)
    #expect(try HistoryReplay(plan).unreadable.count == 1)
    #expect(try HistoryFiles(paths: [folder.write("empty.jsonl", [])]).read().history.isEmpty)
  }

  @Test(
    "a damaged checkpoint is named with its file, and the way out is to begin again",
    arguments: ["cut", "half", "ledger"])
  func damagedCheckpoint(kind: String) throws {
    let folder = try TestFolder()
    let path = try folder.write("in.jsonl", RandomLives.changes(600, deals: 50, seed: 5).map(TestFolder.line))
    var plan = ReplayPlan(inputs: [path], output: folder("out.jsonl"))
    plan.checkpoint = folder("checkpoint")
    plan.checkpointInterval = 400
    #expect(try HistoryReplay(plan).advance(400))
    let name = kind == "ledger" ? "ledger.jsonl" : "deals-400.jsonl"
    let file = URL(filePath: folder("checkpoint/\(name)"))
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let left = kind == "cut" ? lines.dropLast().joined(separator: "\n") + "\n" : String(lines[0].dropLast(5)) + "\n"
    try Data(left.utf8).write(to: file)
    let text = words { _ = try HistoryReplay(plan) }
    #expect(text.contains("checkpoint/\(name)") && text.contains("start again from the beginning"), "\(text)")
  }

  @Test("the truth of another history is refused, that of this one is joined by deal")
  func otherTruth() throws {
    func simulated(_ seed: UInt64) -> (history: DealHistory, truth: [String]) {
      var settings = SimulationSettings()
      settings.seed = seed
      settings.events = 3_000
      var simulator = DealSimulator(settings)
      var changes: [DealChange] = []
      while let event = simulator.next() { if case .change(let change) = event.content { changes.append(change) } }
      let rows = simulator.truths.map { "\($0.dealID),\($0.closedAt),\($0.winProbability),\($0.outcome.name)" }
      return (DealHistory(changes), ["deal_id,closed_at,win_probability,outcome"] + rows)
    }
    let folder = try TestFolder()
    let (one, two) = (simulated(1), simulated(2))
    let backtest = Backtest(one.history, [Backtest.Candidate(.weighted)])
    let own = try TrueChances(path: folder.write("own.csv", one.truth)).joined(with: backtest.outcomes)
    #expect(own.report.deals == backtest.closedDeals)
    let other = try TrueChances(path: folder.write("other.csv", two.truth))
    #expect(
      words { _ = try other.joined(with: backtest.outcomes) }.contains("other.csv is the truth of another history"))
  }
}
