import Deals
import Foundation
import Testing

extension EndToEnd {
  @Suite(.serialized) struct DeadLetterReplayTests {
    private func change(_ id: String) -> [UInt8] {
      Array(
        """
        {"event_id":"\(id)-1","deal_id":"\(id)","change":"created","occurred_at":"2024-01-01T00:00:00Z",\
        "note":"\(String(repeating: "n", count: 2_000))",\
        "deal":{"created_at":"2024-01-01T00:00:00Z","stage":"Demo","amount":10,"currency":"USD","outcome":null}}
        """.utf8)
    }

    private func deadLetters(_ stream: Stream, _ arguments: [String]) throws -> String {
      let ran = try Program.run("dealpulse", ["dead-letters"] + arguments + stream.options)
      #expect(ran.status == 0, "\(ran.output)")
      return ran.output
    }

    private func run(_ stream: Stream, largestRecord: Int) throws {
      let scorer = try stream.scorer("one", ["--set", "scorer.maximum_record_bytes=\(largestRecord)"])
      #expect(try eventually { try stream.isProcessed() })
      scorer.terminate()
      #expect(scorer.wait() == 0)
    }

    @Test("a record that was refused is listed, shown, and scored once it was put back after the mend, one time only")
    func putBack() throws {
      let stream = try Stream(partitions: 1)
      try stream.produce(key: "big", change("big"))
      try run(stream, largestRecord: 1_000)

      let list = try deadLetters(stream, ["list"])
      #expect(list.contains("oversized: 1") && list.contains("1 dead letters, 0 put back"), "\(list)")
      let name = try #require(list.split(separator: " ").first.map(String.init))
      #expect(try deadLetters(stream, ["show", name]).contains("\"deal_id\":\"big\""))
      #expect(try deadLetters(stream, ["replay", "--all", "--dry-run"]).contains("would be put back"))

      #expect(try deadLetters(stream, ["replay", "--all"]).contains("1 of 1 dead letters put back"))
      #expect(try deadLetters(stream, ["replay", name]).contains("0 of 1 dead letters put back"))
      try run(stream, largestRecord: 1_000_000)
      #expect(try StreamOutcome(of: stream).states.keys.map(\.text) == ["big"])

      var times: [Int64?] = []
      try stream.forEach(stream.topics.changes, partitions: 1) { times.append($0.timestampMilliseconds) }
      #expect(times.count == 2 && times[0] == times[1], "the time of its own is kept")
      let verified = try Program.run("deal-replay", ["verify"] + stream.options)
      #expect(verified.status == 0, "\(verified.output)")
    }

    @Test("a name that there is none of is refused with where names are found") func unknownName() throws {
      let stream = try Stream(partitions: 1)
      let ran = try Program.run("dealpulse", ["dead-letters", "show", "0-99"] + stream.options)
      #expect(ran.status == 2)
      #expect(ran.output.contains("dead-letters list"))
    }
  }
}
