import Deals
import Foundation
import Scoring
import Testing

@testable import Replay

@Suite("A history that is not in the order of event time is told of, or put in order")
struct EventOrderTests {
  /// Changes in the order of time, each deal with a partition.
  private func changes() -> [DealChange] {
    RandomLives.changes(1_200, deals: 60, seed: 31).sorted { $0.occurredAt < $1.occurredAt }
  }

  private func partition(_ change: DealChange) -> Int { change.dealID.text.utf8.reduce(0) { $0 + Int($1) } % 3 }

  private func replay(_ input: String, into output: String) throws -> HistoryReplay {
    let replay = try HistoryReplay(ReplayPlan(inputs: [input], output: output))
    try TestFolder.run(replay)
    return replay
  }

  @Test("a file in order has nothing to tell")
  func inOrder() throws {
    let folder = try TestFolder()
    let replay = try replay(folder.write("in.jsonl", changes().map(TestFolder.line)), into: folder("out.jsonl"))
    #expect(replay.order.stragglers == 0 && replay.order.report.isEmpty)
  }

  @Test("partition after partition: the changes behind later ones are counted, the first are named")
  func partitionAfterPartition() throws {
    let folder = try TestFolder()
    let changes = changes()
    let laidOut = (0..<3).flatMap { number in changes.filter { partition($0) == number } }
    let first = changes.count { partition($0) == 0 }
    let replay = try replay(folder.write("in.jsonl", laidOut.map(TestFolder.line)), into: folder("out.jsonl"))
    #expect(replay.order.stragglers > 600)
    #expect(replay.order.first.map(\.line) == [first + 1, first + 2, first + 3])
    let span = laidOut[first - 1].occurredAt.milliseconds - laidOut[first].occurredAt.milliseconds
    #expect(replay.order.furthest >= span)
    let words = replay.order.report.joined(separator: "\n")
    #expect(words.contains("in.jsonl:\(first + 1): it happened "))
    #expect(words.contains("stand behind later ones, by up to \(replay.order.furthest / 86_400_000) days"))
    #expect(words.contains("Sort the file by occurred_at"))
  }

  @Test("a dump of several partitions gives the scores of the same changes in order")
  func dump() throws {
    let folder = try TestFolder()
    let changes = changes()
    var next = [0, 0, 0]
    let records = changes.map { change in
      let number = partition(change)
      defer { next[number] += 1 }
      let payload = TestFolder.line(change).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return (
        number,
        """
        {"topic":"deals.changes","partition":\(number),"offset":\(next[number]),"key":"\(change.dealID.text)",\
        "payload":"\(payload)"}
        """
      )
    }
    let laidOut = (0..<3).flatMap { number in records.filter { $0.0 == number }.map(\.1) }
    let dumped = try replay(folder.write("dump.jsonl", laidOut), into: folder("dumped.jsonl"))
    #expect(dumped.progress.changes == changes.count && dumped.order.stragglers == 0)
    // At one instant a dump goes by deal, as a cluster is read.
    let sorted = changes.sorted { ($0.occurredAt, $0.dealID) < ($1.occurredAt, $1.dealID) }
    _ = try replay(folder.write("in.jsonl", sorted.map(TestFolder.line)), into: folder("out.jsonl"))
    #expect(
      try Data(contentsOf: URL(filePath: folder("dumped.jsonl")))
        == Data(contentsOf: URL(filePath: folder("out.jsonl"))))
  }

  @Test("what a replay that was killed had counted is counted once")
  func resumed() throws {
    let folder = try TestFolder()
    let changes = changes()
    let input = try folder.write("in.jsonl", (changes[600...] + changes[..<600]).map(TestFolder.line))
    let whole = try replay(input, into: folder("whole.jsonl")).order
    var plan = ReplayPlan(inputs: [input], output: folder("out.jsonl"))
    plan.checkpoint = folder("checkpoint")
    plan.checkpointInterval = 100
    let killed = try HistoryReplay(plan)
    for _ in 0..<8 { #expect(try killed.advance(100)) }
    let last = try HistoryReplay(plan)
    #expect(last.isResumed && last.order.stragglers > 0)
    try TestFolder.run(last)
    #expect(last.order == whole)
  }

  @Test("a checkpoint goes on under the same source of the changes alone")
  func otherSource() throws {
    let folder = try TestFolder()
    var plan = ReplayPlan(
      inputs: [try folder.write("in.jsonl", changes().map(TestFolder.line))], output: folder("out.jsonl"))
    plan.checkpoint = folder("checkpoint")
    plan.checkpointInterval = 100
    plan.source = ["cluster", "localhost:9092", "", "0"]
    #expect(try HistoryReplay(plan).advance(200))
    plan.source = ["cluster", "localhost:9092", "", "500"]
    let source = "another mapping of columns, cluster, or range of offsets or times"
    #expect(throws: ReplayError.otherReplay(checkpoint: folder("checkpoint"), differing: [source])) {
      try HistoryReplay(plan)
    }
  }
}
