import Deals
import Foundation
import Kafka
import Testing

extension EndToEnd {
  /// Each fault while 10,000 changes stream; the long form, all of them mixed, is `make chaos`.
  @Suite(.serialized) struct FaultTests {
    /// Kafka's numbers for requests (its protocol guide).
    private enum Request {
      static let produce = 0, fetch = 1, offsetCommit = 8, findCoordinator = 10, heartbeat = 12
      static let addPartitions = 24, endTransaction = 26
    }

    @Test("one of three scorers is killed again and again") func oneOfThree() throws {
      let drill = try Drill(seconds: 12)
      var scorers = try ["a", "b", "c"].map { try drill.stream.scorer($0) }
      for (index, share) in [0.1, 0.3, 0.5].enumerated() {
        try drill.wait(untilScored: share)
        scorers[index].signal(SIGKILL)
        scorers[index].wait()
        scorers[index] = try drill.stream.scorer(["a", "b", "c"][index])
      }
      try drill.expectSame(scorers)
    }

    @Test("all three scorers are killed at once") func allAtOnce() throws {
      let drill = try Drill(seconds: 6)
      let first = try ["a", "b", "c"].map { try drill.stream.scorer($0) }
      try drill.wait(untilScored: 0.3)
      for scorer in first { scorer.signal(SIGKILL) }
      for scorer in first { scorer.wait() }
      try drill.expectSame(try ["a", "b", "c"].map { try drill.stream.scorer($0) })
    }

    @Test("a scorer that stood still longer than its session writes nothing when it goes on") func zombie() throws {
      let drill = try Drill(seconds: 10)
      let (sleeper, other) = (try drill.stream.scorer("sleeper"), try drill.stream.scorer("other"))
      try drill.wait(untilScored: 0.2)
      sleeper.signal(SIGSTOP)
      // The other one has taken over when it has committed what the sleeper would have scored.
      try drill.wait(untilScored: 0.97)
      sleeper.signal(SIGCONT)
      // Its transactions' time was over too: a cluster fences it, and it joins again.
      try drill.expectSame([other, sleeper])
    }

    @Test(
      "the broker stands still for twenty seconds, longer than a session and than any answer is waited for",
      .enabled(if: isEmbedded, "needs the embedded broker"))
    func brokerStandsStill() throws {
      let drill = try Drill(seconds: 4)
      let scorer = try drill.stream.scorer()
      try drill.wait(untilScored: 0.2)
      drill.stream.broker?.signal(SIGSTOP)
      // Twenty seconds are the fault: a session has six, a question to the broker ten at most.
      Thread.sleep(forTimeInterval: 20)
      drill.stream.broker?.signal(SIGCONT)
      try drill.expectSame([scorer])
    }

    @Test(
      "a partition that has no leader when its state is whole is waited for",
      .enabled(if: isEmbedded, "needs the embedded broker")) func leaderIsElected() throws
    {
      let drill = try Drill(seconds: 2) { $0.broker?.send("leader \($0.topics.changes) 0 -1") }
      let scorer = try drill.stream.scorer()
      #expect(eventually { scorer.output.contains("can't begin yet") || !scorer.isRunning })
      drill.stream.broker?.send("leader \(drill.stream.topics.changes) 0 1")
      try drill.expectSame([scorer])
    }

    @Test(
      "requests fail for a while", .enabled(if: isEmbedded, "needs the embedded broker"),
      arguments: [
        (Request.fetch, "6 7"), (Request.findCoordinator, "15 15 14"),
        (Request.offsetCommit, "16 14 7"), (Request.heartbeat, "16 15"),
      ]) func requestErrors(key: Int, codes: String) throws
    {
      let drill = try Drill(seconds: 2)
      let scorer = try drill.stream.scorer()
      try drill.wait(untilScored: 0.1)
      for _ in 0..<3 { drill.stream.broker?.send("error \(key) \(codes)") }
      try drill.expectSame([scorer])
    }

    /// Errors that are overcome by asking again, those that want the transaction aborted, and an abort that is refused too.
    @Test(
      "requests of transactions fail: what can't be asked again is aborted, rewound and done again",
      .enabled(if: isEmbedded, "needs the embedded broker"),
      arguments: [
        (Request.addPartitions, "14 16 51", false), (Request.addPartitions, "55", true),
        (Request.endTransaction, "14 16", false), (Request.endTransaction, "59 -1", true),
      ]) func transactionErrors(key: Int, codes: String, aborts: Bool) throws
    {
      let drill = try Drill(seconds: 2)
      let scorer = InsideScorer(drill.stream, hasTransactions: true)
      // Each burst of errors finds a transaction that is under way, as changes come for as long as the last was not.
      for share in [500, 2_500, 4_500] {
        #expect(eventually { scorer.changes > share || scorer.hasEnded })
        drill.stream.broker?.send("error \(key) \(codes)")
      }
      #expect(eventually { scorer.changes >= Drill.events.count || scorer.hasEnded })
      try scorer.stop()
      #expect(aborts == (scorer.count(of: "transaction aborted") > 0))
      // The embedded broker forgets offsets of transactions: another scorer finds how far the first one has come.
      try drill.expectSame([try drill.stream.scorer()])
    }

    /// One request at a time: the embedded broker takes a batch behind one that failed, as no real one would, and librdkafka
    /// concludes from that that the failed one was written too.
    @Test("writes fail for a while", .enabled(if: isEmbedded, "needs the embedded broker")) func writesFail() throws {
      let drill = try Drill(seconds: 2)
      let scorer = InsideScorer(drill.stream, properties: ["max.in.flight.requests.per.connection": "1"])
      try drill.wait(untilScored: 0.1)
      for _ in 0..<3 { drill.stream.broker?.send("error \(Request.produce) 6 7 19") }
      #expect(try drill.isScored())
      try scorer.stop()
      try drill.expectSame([])
    }

    @Test("the broker answers slowly", .enabled(if: isEmbedded, "needs the embedded broker")) func slowBroker() throws {
      let drill = try Drill(seconds: 2)
      let scorer = try drill.stream.scorer()
      try drill.wait(untilScored: 0.1)
      drill.stream.broker?.send("rtt 300")
      try drill.wait(untilScored: 0.5)
      drill.stream.broker?.send("rtt 0")
      try drill.expectSame([scorer])
    }

    @Test("the connection to the broker breaks", .enabled(if: isEmbedded, "needs the embedded broker"))
    func connectionBreaks() throws {
      let drill = try Drill(seconds: 3)
      let scorer = try drill.stream.scorer()
      try drill.wait(untilScored: 0.2)
      drill.stream.broker?.send("down")
      // A second is the fault, not a wait for a result.
      Thread.sleep(forTimeInterval: 1)
      drill.stream.broker?.send("up")
      try drill.expectSame([scorer])
    }

    @Test(
      "a scorer whose broker is gone still ends when it is asked to",
      .enabled(if: isEmbedded, "needs the embedded broker")) func brokerGone() throws
    {
      let drill = try Drill(seconds: 20)
      let scorer = try drill.stream.scorer()
      try drill.wait(untilScored: 0.2)
      drill.stream.broker?.signal(SIGKILL)
      drill.stream.broker?.wait()
      scorer.terminate()
      #expect(eventually { !scorer.isRunning }, "\(scorer.output.suffix(2_000))")
    }

    @Test(
      "a scorer whose broker is silent waits for it once when it is asked to end",
      .enabled(if: isEmbedded, "needs the embedded broker")) func brokerSilent() throws
    {
      let drill = try Drill(seconds: 20)
      let scorer = try drill.stream.scorer()
      try drill.wait(untilScored: 0.1)
      // So slow that something is under way at any time.
      drill.stream.broker?.send("rtt 300")
      try drill.wait(untilScored: 0.2)
      drill.stream.broker?.signal(SIGSTOP)
      scorer.terminate()
      #expect(eventually { !scorer.isRunning }, "\(scorer.output.suffix(2_000))")
      #expect(!scorer.output.contains("not committed before the partitions went"))
    }

    @Test("the log's disk is full") func fullDisk() throws {
      let drill = try Drill(seconds: 1)
      try drill.expectSame([try drill.stream.scorer("one", device: "/dev/full")])
    }

    @Test("two threads in one process share the work and end with the same") func threads() throws {
      let drill = try Drill(seconds: 2)
      try drill.expectSame([try drill.stream.scorer("one", ["--threads", "2"])])
    }

    @Test("a state from a newer version stops the start, and says so") func newerState() throws {
      let stream = try Stream(partitions: 1)
      try stream.produce(topic: stream.topics.state, key: "D1", Array("{\"version\":2,\"stage\":\"Demo\"}".utf8))
      let scorer = try stream.scorer()
      #expect(scorer.wait() == 4)
      #expect(scorer.output.contains("version 2") && scorer.output.contains(stream.topics.state))
    }

    @Test("states without their position are not trusted: everything is scored again from deals.changes")
    func truncatedState() throws {
      let drill = try Drill(seconds: 0.1)
      // A state that no change has made, and no position.
      var writer = JSONWriter()
      let time = Timestamp(milliseconds: 1_600_000_000_000)
      writer.dealState(
        DealState(
          createdAt: time, stage: .demo, stageEnteredAt: time, amount: nil, descriptors: Descriptors(),
          expectedCloseAt: nil, status: .open, lastChangedAt: time, recentEvents: RecentEvents()))
      let key = Drill.events.compactMap {
        if case .change(let change) = $0.content { change.dealID.text } else { nil }
      }[0]
      try drill.stream.produce(topic: drill.stream.topics.state, key: key, writer.bytes)
      try drill.expectSame([try drill.stream.scorer()])
    }

    @Test(
      "a deals.state that is missing stops the start, with the command that makes it",
      .enabled(if: isEmbedded, "needs the embedded broker")) func missingState() throws
    {
      let stream = try Stream(partitions: 1)
      guard let broker = stream.broker else { return }
      for name in ["deals.changes", "deals.risk", "deals.outcomes", "deals.dead-letter"] {
        broker.send("topic lacking.\(name) 1")
      }
      #expect(eventually { broker.output.components(separatedBy: "ok").count > 4 })
      let ran = try Program.run("deal-scorer", ["--bootstrap-servers", stream.servers, "--topic-prefix", "lacking."])
      #expect(ran.status == 2)
      #expect(ran.output.contains("lacking.deals.state does not exist") && ran.output.contains("topics apply"))
    }
  }
}
