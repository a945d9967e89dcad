import Deals
import Foundation
import Kafka
import ScorerRuntime
import Testing

extension EndToEnd {
  /// Faults of time and of the cluster's shape, which need a scorer whose clock and client are the test's own.
  @Suite(.serialized) struct ClockTests {
    @Test("the clock is set back by an hour") func clockJumpsBack() throws {
      let drill = try Drill(seconds: 4)
      let clock = TestClock()
      let scorer = InsideScorer(drill.stream, clock: clock)
      try drill.wait(untilScored: 0.3)
      clock.jump(milliseconds: -3_600_000)
      try drill.wait(untilScored: 0.6)
      clock.jump(milliseconds: 1_800_000)
      #expect(try drill.isScored())
      try scorer.stop()
      try drill.expectSame([])
    }

    @Test(
      "a step takes longer than max.poll.interval: another scorer goes on, and the slow one writes nothing more of it")
    func slowStep() throws {
      let drill = try Drill(seconds: 10)
      let clock = TestClock()
      let slow = InsideScorer(
        drill.stream, clock: clock, properties: ["session.timeout.ms": "6000", "max.poll.interval.ms": "6000"])
      let other = try drill.stream.scorer("other")
      try drill.wait(untilScored: 0.2)
      clock.stop()
      // The other one has taken over when it has committed what the slow one would have scored.
      try drill.wait(untilScored: 0.97)
      clock.goOn()
      #expect(try drill.isScored())
      try slow.stop()
      try drill.expectSame([other])
    }

    @Test(
      "a scorer that its group has lost is not ready until it has joined again",
      .enabled(if: isEmbedded, "needs the embedded broker")) func lostIsNotReady() throws
    {
      let drill = try Drill(seconds: 1)
      let scorer = InsideScorer(drill.stream)
      #expect(try drill.isScored())
      #expect(eventually { scorer.reasonNotReady == nil })
      drill.stream.broker?.send("down")
      #expect(eventually { scorer.reasonNotReady?.contains("waits for its partitions") == true })
      drill.stream.broker?.send("up")
      #expect(eventually { scorer.reasonNotReady == nil })
      try scorer.stop()
    }

    @Test("a deal ages though the last record of its partition is the end of a transaction") func agesBehindMarker()
      throws
    {
      let stream = try Stream(partitions: 1)
      let clock = TestClock()
      // A deal ages first after 45 days in a stage. A cluster takes no record of the future.
      let days: Int64 = 46 * 86_400_000
      clock.jump(milliseconds: -days)
      var configuration = ProducerConfiguration(client: stream.client)
      configuration.transactionalID = stream.group
      let producer = try Producer(configuration, logger: Stream.quiet)
      defer { producer.close() }
      let (topic, group) = (try producer.topic(stream.topics.changes), DeliveryGroup())
      let now = clock.now().rfc3339
      let change = """
        {"event_id":"D1-1","deal_id":"D1","change":"created","occurred_at":"\(now)","deal":{"created_at":"\(now)",\
        "stage":"Demo","amount":10,"currency":"USD","outcome":null}}
        """
      try producer.initTransactions()
      try producer.beginTransaction()
      try "D1".utf8.span.bytes.withUnsafeBytes { key in
        try change.utf8.span.bytes.withUnsafeBytes { value in
          try producer.produce(to: topic, key: key, value: value, group: group)
        }
      }
      try producer.commitTransaction()
      let scorer = InsideScorer(stream, clock: clock)
      #expect(try eventually { try StreamOutcome(of: stream).riskRecords == 1 })
      clock.jump(milliseconds: days)
      #expect(try eventually { try StreamOutcome(of: stream).riskRecords == 2 })
      try scorer.stop()
    }

    @Test("the producer's queue is full all the time") func fullQueue() throws {
      let drill = try Drill(seconds: 1)
      let scorer = InsideScorer(drill.stream, properties: ["queue.buffering.max.messages": "20"])
      #expect(try drill.isScored())
      try scorer.stop()
      try drill.expectSame([])
    }

    @Test(
      "the coordinator of the group moves from broker to broker",
      .enabled(if: isEmbedded, "needs the embedded broker")) func coordinatorMoves() throws
    {
      let drill = try Drill(brokers: 3, seconds: 4)
      let scorer = try drill.stream.scorer()
      for (share, broker) in [(0.2, 2), (0.5, 3), (0.8, 1)] {
        try drill.wait(untilScored: share)
        drill.stream.broker?.send("coordinator \(drill.stream.group) \(broker)")
      }
      try drill.expectSame([scorer])
    }

    @Test(
      "partitions that are added under a running scorer stop it, with what to do",
      .enabled(if: !isEmbedded, "the embedded broker can't add partitions")) func partitionsAdded() throws
    {
      let drill = try Drill(partitions: 2, seconds: 1)
      let scorer = InsideScorer(drill.stream, properties: ["topic.metadata.refresh.interval.ms": "1000"])
      #expect(try drill.isScored())
      try Admin(drill.stream.client, logger: Stream.quiet).createPartitions(of: drill.stream.topics.changes, total: 3)
      #expect {
        try scorer.end()
      } throws: { error in
        guard case .partitionsChanged(2, from: 2) = error as? ScorerError else { return false }
        return "\(error)".contains("Make new topics with another prefix")
      }
    }
  }
}
