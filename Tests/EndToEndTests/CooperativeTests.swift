import Foundation
import Kafka
import Testing

private let isOffered = ConsumerConfiguration.AssignmentStrategy.cooperativeSticky.oldestLibrary.map {
  LibraryVersion.running >= $0
}
private let options = ["--set", "scorer.assignor=cooperative-sticky"]

extension EndToEnd {
  /// Rebalances that leave alone what stays.
  @Suite(.serialized) struct CooperativeTests {
    /// The partitions of every line of a scorer's log that says so much.
    private func partitions(_ message: String, _ scorer: Program) -> [Set<Int>] {
      scorer.output.split(separator: "\n").compactMap { line in
        guard line.contains("\"message\":\"\(message)\""),
          let list = line.firstRange(of: "\"partitions\":\"[").map({ line[$0.upperBound...].prefix { $0 != "]" } })
        else { return nil }
        return Set(list.split(separator: ",").compactMap { Int($0.drop { $0 == " " }) })
      }
    }

    @Test(
      "a librdkafka that can lose partitions under cooperative-sticky stops the start, with its version",
      .enabled(if: isOffered == false, "needs librdkafka below 2.10")) func refused() throws
    {
      let ran = try Program.run("deal-scorer", ["--bootstrap-servers", "127.0.0.1:1"] + options)
      #expect(ran.status == 2)
      #expect(ran.output.contains("command line: scorer.assignor: cooperative-sticky needs librdkafka 2.10.0 or later"))
      #expect(ran.output.contains("this is \(LibraryVersion.running)"))
    }

    @Test(
      "what stays with a scorer when another joins and leaves is neither revoked nor restored",
      .enabled(if: isOffered == true, "needs librdkafka 2.10 or later")) func stays() throws
    {
      let drill = try Drill(seconds: 20)
      // A session that no pause of a busy machine outlasts: both are to stay in the group.
      let first = try drill.stream.scorer("first", options, session: 30_000)
      try drill.wait(untilScored: 0.1)
      let second = try drill.stream.scorer("second", options, session: 30_000)
      #expect(eventually { partitions("restored", second).joined().count == 3 }, "\(second.output.suffix(2_000))")
      let gone = Set(partitions("revoked", first).joined())
      #expect(gone == Set(partitions("restored", second).joined()))
      #expect(partitions("restored", first).joined().sorted() == Array(0..<6), "restored once each, at the start")
      try drill.expectSame([first, second])
      #expect(!first.output.contains("joins again") && !second.output.contains("joins again"))
    }

    @Test(
      "one of three cooperative scorers is killed again and again",
      .enabled(if: isOffered == true, "needs librdkafka 2.10 or later")) func killed() throws
    {
      let drill = try Drill(seconds: 12)
      let names = ["a", "b", "c"]
      var scorers = try names.map { try drill.stream.scorer($0, options) }
      for (index, share) in [0.1, 0.3, 0.5].enumerated() {
        try drill.wait(untilScored: share)
        scorers[index].signal(SIGKILL)
        scorers[index].wait()
        scorers[index] = try drill.stream.scorer(names[index], options)
      }
      try drill.expectSame(scorers)
    }

    @Test(
      "a cooperative scorer that stood still longer than its session writes nothing when it goes on",
      .enabled(if: isOffered == true, "needs librdkafka 2.10 or later")) func zombie() throws
    {
      let drill = try Drill(seconds: 10)
      let (sleeper, other) = (
        try drill.stream.scorer("sleeper", options), try drill.stream.scorer("other", options)
      )
      try drill.wait(untilScored: 0.2)
      sleeper.signal(SIGSTOP)
      // The other one has taken over when it has committed what the sleeper would have scored.
      try drill.wait(untilScored: 0.97)
      sleeper.signal(SIGCONT)
      try drill.expectSame([other, sleeper])
    }

    @Test(
      "a scorer that can't commit before partitions go gives up what would have stayed too, and joins again",
      .enabled(if: isOffered == true && isEmbedded, "needs librdkafka 2.10 or later, and the embedded broker"))
    func commitFails() throws {
      // One broker for the group, and the one that becomes slow for the scores.
      let drill = try Drill(brokers: 2, seconds: 20) { stream in
        stream.broker?.send("coordinator \(stream.group) 2")
        for partition in 0..<stream.partitions { stream.broker?.send("leader \(stream.topics.risk) \(partition) 1") }
      }
      let first = try drill.stream.scorer("first", options)
      try drill.wait(untilScored: 0.1)
      let second = try drill.stream.scorer("second", options)
      #expect(eventually { second.output.contains("read the ledger") })
      // Longer than is waited before partitions go, shorter than a session.
      drill.stream.broker?.send("rtt 4000")
      #expect(eventually { first.output.contains("gave up its partitions and joins again") })
      drill.stream.broker?.send("rtt 0")
      try drill.expectSame([first, second])
    }
  }
}
