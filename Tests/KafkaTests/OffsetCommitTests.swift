import Kafka
import Testing

@Suite struct OffsetCommitTests {
  /// Kafka's numbers (its protocol guide): the request, and the error of a coordinator that is still loading.
  private static let offsetCommit: Int16 = 8, coordinatorLoading: Int32 = 14

  @Test("a commit that the broker refuses is made again, though nothing new is read") func refused() throws {
    let cluster = try TestCluster(embedded: true)
    let partition = TopicPartition(try cluster.topic("in", partitions: 1), 0)
    let consumer = try cluster.consumer()
    defer { consumer.close() }
    try consumer.subscribe([partition.topic])
    #expect(
      try eventually {
        _ = consumer.receive(0)
        return try consumer.assignment() == [partition]
      })
    let commits = OffsetCommits(consumer, interval: .zero)
    // librdkafka makes a commit again a few times by itself: these are more than it has patience for.
    cluster.broker?.pushErrors(apiKey: Self.offsetCommit, Array(repeating: Self.coordinatorLoading, count: 12))
    commits.note([partition: 7])
    var failures = 0
    #expect(
      eventually {
        _ = consumer.receive(0)
        if commits.poll() != nil { failures += 1 }
        return commits.uncommitted.isEmpty
      })
    #expect(failures > 0)
    #expect(try consumer.committed([partition])[partition] == 7)
  }

  @Test("of two offsets the newer is committed, and what went to another member is not") func newestOfOurs() throws {
    let cluster = try TestCluster()
    let topic = try cluster.topic("in", partitions: 2)
    let (ours, theirs) = (TopicPartition(topic, 0), TopicPartition(topic, 1))
    let consumer = try cluster.consumer()
    defer { consumer.close() }
    try consumer.subscribe([topic])
    #expect(
      try eventually {
        _ = consumer.receive(0)
        return try consumer.assignment().count == 2
      })
    let commits = OffsetCommits(consumer, interval: .zero)
    commits.note([ours: 3, theirs: 4])
    commits.note([ours: 5])
    commits.forget([theirs])
    #expect(
      eventually {
        commits.poll()
        return commits.uncommitted.isEmpty
      })
    #expect(try consumer.committed([ours])[ours] == 5)
    #expect(try consumer.committed([theirs])[theirs] == nil)
  }
}
