import Deals
import Foundation
import Scoring
import Testing

@testable import Replay

@Suite("Offsets that are missing are told")
struct OffsetGapTests {
  private func position(_ partition: Int32, _ offset: Int64) -> SourcePosition {
    SourcePosition(partition: partition, offset: offset)
  }

  @Test("gaps are found in any order of the records; single offsets may be markers, what lies before may be gone")
  func found() {
    let offsets: [(Int32, [Int64])] = [(0, [7, 8, 12, 13]), (1, [0, 2, 4, 5]), (2, [5])]
    var positions = offsets.flatMap { partition, offsets in offsets.map { position(partition, $0) } }
    positions.reverse()
    let gaps = OffsetGaps(positions + positions)
    #expect(gaps.count == 1 && gaps.offsets == 3 && gaps.single == 2)
    #expect(gaps.first == [OffsetGaps.Gap(partition: 0, first: 9, last: 11)])
    #expect(
      gaps.report(of: "deals.changes").map { String($0.prefix(58)) } == [
        "offsets 9 to 11 of partition 0 of deals.changes are missin",
        "1 gap in deals.changes, 3 offsets in all: what was written",
        "2 single offsets of deals.changes are missing: markers of ",
      ])
    #expect(OffsetGaps([position(0, 0), position(0, 1), position(1, 9)]).report(of: "t").isEmpty)
  }

  /// A dump of `deals.changes` with holes; one record holds nothing that can be used.
  private func dump(without missing: Range<Int>) -> [String] {
    RandomLives.changes(200, deals: 20, seed: 6).enumerated().compactMap { index, change in
      guard !missing.contains(index) else { return nil }
      let value = index == 50 ? "\"nonsense\"" : TestFolder.line(change)
      return
        "{\"topic\":\"deals.changes\",\"partition\":0,\"offset\":\(index),\"key\":\"\(change.dealID.text)\",\"payload\":\(value)}"
    }
  }

  @Test("a dump with a hole tells it, as a stream and as a whole")
  func dumps() throws {
    let folder = try TestFolder()
    let path = try folder.write("holed.jsonl", dump(without: 100..<120))
    let replay = try HistoryReplay(ReplayPlan(inputs: [path], output: folder("out.jsonl")))
    try TestFolder.run(replay)
    let gap = OffsetGaps.Gap(partition: 0, first: 100, last: 119)
    #expect(replay.unreadable.gaps.first == [gap] && replay.unreadable.gaps.single == 0)
    let contents = try HistoryFiles(paths: [path]).read()
    #expect(contents.gaps == replay.unreadable.gaps && contents.unreadable.count == 1)
    let whole = try folder.write("whole.jsonl", dump(without: 0..<0))
    #expect(try HistoryFiles(paths: [whole]).read().gaps == OffsetGaps())
  }

  @Test("verify names the holes beside what differs, and is silent where nothing does")
  func verify() {
    var scorer = SmallScorer(partitions: 1, seed: 5)
    scorer.run(RandomLives.changes(2_000, deals: 100, seed: 5))
    var holed = scorer.topics
    holed.changes.removeAll { (300..<340).contains($0.position.offset) }
    let report = Verifier(settings: scorer.settings).verify(holed)
    #expect(!report.isClean)
    #expect(report.text.contains("offsets 300 to 339 of partition 0 of deals.changes are missing\n"))
    #expect(report.text.contains("what differs or is missing may come from these gaps\n"))
    #expect(report.json.contains("\"gaps_in_changes\":{\"gaps\":1,\"offsets\":40,"))
    // What a transaction that was given up leaves in the ledger.
    var clean = scorer.topics
    for index in clean.ledger.indices.dropFirst(clean.ledger.count - 5) { clean.ledger[index].offset += 7 }
    let whole = Verifier(settings: scorer.settings).verify(clean)
    #expect(whole.gaps.outcomes.count == 1)
    #expect(!whole.isClean || !whole.text.contains("are missing"))
  }
}
