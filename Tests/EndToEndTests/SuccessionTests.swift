import Deals
import Foundation
import Kafka
import Testing

extension EndToEnd {
  /// Partitions that go from one member to another, and those that come straight back.
  @Suite(.serialized) struct SuccessionTests {
    /// What a scorer leaves that died in the middle of a transaction, which nobody would end for ten minutes.
    private func leaveOpenTransaction(_ stream: Stream, member: String) throws {
      var configuration = ProducerConfiguration(client: stream.client)
      configuration.transactionalID = "\(stream.group)-\(member)"
      configuration.transactionTimeout = 600_000
      let producer = try Producer(configuration, logger: Stream.quiet)
      defer { producer.close() }
      let (state, risk) = (try producer.topic(stream.topics.state), try producer.topic(stream.topics.risk))
      try producer.initTransactions()
      var writer = JSONWriter()
      try producer.beginTransaction()
      for partition in 0..<Int32(stream.partitions) {
        writer.removeAll()
        writer.position(ChangelogPosition(nextOffset: 0, streamTime: nil), writer: member)
        try produce(producer, state, partition, ChangelogPosition.key, writer.bytes)
      }
      try producer.commitTransaction()
      try producer.beginTransaction()
      try produce(producer, risk, 0, "D1", Array("never committed".utf8))
      try producer.flush(timeout: 30_000)
    }

    /// The same of a trend processor.
    private func leaveOpenReport(_ stream: Stream) throws {
      var configuration = ProducerConfiguration(client: stream.client)
      configuration.transactionalID = stream.topics.prefix + "deal-trends-active"
      configuration.transactionTimeout = 600_000
      let producer = try Producer(configuration, logger: Stream.quiet)
      defer { producer.close() }
      try producer.initTransactions()
      try producer.beginTransaction()
      try produce(producer, try producer.topic(stream.topics.reports), 0, "daily", Array("never committed".utf8))
      try producer.flush(timeout: 30_000)
    }

    private func produce(
      _ producer: Producer, _ topic: ProducerTopic, _ partition: Int32, _ key: String, _ value: [UInt8]
    ) throws {
      try Array(key.utf8).withUnsafeBytes { key in
        try value.withUnsafeBytes { value in
          try producer.produce(to: topic, partition: partition, key: key, value: value, group: DeliveryGroup())
        }
      }
    }

    /// Whether readers of committed records see a partition to its end.
    private func isUnblocked(_ stream: Stream, _ partition: TopicPartition) throws -> Bool {
      func end(_ isolation: ConsumerConfiguration.IsolationLevel) throws -> Int64? {
        var configuration = ConsumerConfiguration(client: stream.client, groupID: "\(stream.topics.prefix)reader")
        configuration.isolationLevel = isolation
        let consumer = try Consumer(configuration, logger: Stream.quiet)
        defer { consumer.close() }
        return try consumer.ends(of: [partition])[partition]
      }
      return try end(.readUncommitted) == end(.readCommitted)
    }

    @Test(
      "the transaction of a scorer that died is ended by its successor, long before its time is over",
      .enabled(if: !isEmbedded, "needs a cluster that isolates transactions")) func deadOwner() throws
    {
      let drill = try Drill(seconds: 2, prepare: { try leaveOpenTransaction($0, member: "dead-0") })
      let scores = TopicPartition(drill.stream.topics.risk, 0)
      #expect(try !isUnblocked(drill.stream, scores))
      let scorer = try drill.stream.scorer()
      #expect(try eventually { try isUnblocked(drill.stream, scores) })
      #expect(scorer.output.contains("-dead-0"))
      try drill.expectSame([scorer])
    }

    @Test(
      "the transaction of a trend processor that died is ended by the next one that is active",
      .enabled(if: !isEmbedded, "needs a cluster that isolates transactions")) func deadTrendProcessor() throws
    {
      let drill = try Drill(seconds: 2, prepare: leaveOpenReport)
      let reports = TopicPartition(drill.stream.topics.reports, 0)
      #expect(try !isUnblocked(drill.stream, reports))
      let scorer = try drill.stream.scorer()
      #expect(try eventually { try isUnblocked(drill.stream, reports) })
      try drill.expectSame([scorer])
    }

    @Test("a scorer that joins takes over what moves to it, and the other goes on with the rest as it is")
    func joins() throws {
      let drill = try Drill(seconds: 20)
      // A session that no pause of a busy machine outlasts: both are to stay in the group.
      let first = try drill.stream.scorer("first", session: 30_000)
      try drill.wait(untilScored: 0.1)
      let second = try drill.stream.scorer("second", session: 30_000)
      #expect(eventually { keeps(first) }, "\(first.output.suffix(2_000))")
      try drill.expectSame([first, second])
      // Each has written what the other restored, and both are alive.
      for scorer in [first, second] {
        #expect(!scorer.output.contains("ends what a member that left has open"))
        #expect(!scorer.output.contains("joins again"))
      }
    }

    /// Whether a rebalance has left a scorer partitions as they were.
    private func keeps(_ scorer: Program) -> Bool {
      scorer.output.split(separator: "\n").contains { line in
        line.contains("\"message\":\"assigned\"") && !line.contains("\"kept\":\"[]\"")
      }
    }
  }
}
