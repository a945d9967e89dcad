import Kafka
import Testing

@Suite(.serialized) struct RebalanceTests {
  private final class Owned {
    var partitions: Set<TopicPartition> = []
    var handler: RebalanceHandler {
      RebalanceHandler(
        assigned: {
          self.partitions.formUnion($0)
          return [:]
        },
        revoked: { self.partitions.subtract($0) }, lost: { self.partitions.subtract($0) })
    }
  }

  @Test(
    "a second member takes partitions over, each has one owner, and a clean leave gives them back",
    arguments: [ConsumerConfiguration.AssignmentStrategy.range, .cooperativeSticky])
  func handOver(strategy: ConsumerConfiguration.AssignmentStrategy) throws {
    let cluster = try TestCluster()
    let name = try cluster.topic("r", partitions: 4)
    func member() throws -> Consumer {
      try cluster.consumer(group: "\(strategy)") {
        $0.assignmentStrategy = strategy
        $0.sessionTimeout = 6_000
        $0.heartbeatInterval = 200
      }
    }
    let all = Set((0..<4).map { TopicPartition(name, $0) })
    let (first, second) = (Owned(), Owned())
    let one = try member()
    try one.subscribe([name], first.handler)
    #expect(
      eventually {
        one.withBatch(maxMessages: 1, timeout: 50) { _ in }
        return first.partitions == all
      })
    let two = try member()
    try two.subscribe([name], second.handler)
    #expect(
      eventually {
        one.withBatch(maxMessages: 1, timeout: 50) { _ in }
        two.withBatch(maxMessages: 1, timeout: 50) { _ in }
        return first.partitions.count == 2 && second.partitions.count == 2
          && first.partitions.union(second.partitions) == all
      })
    two.close()
    #expect(second.partitions.isEmpty)
    #expect(
      eventually {
        one.withBatch(maxMessages: 1, timeout: 50) { _ in }
        return first.partitions == all
      })
    one.close()
  }

  @Test("a member whose assignor is not that of the others is told so, and what to do")
  func otherAssignor() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("r", partitions: 1)
    let consumer = try cluster.consumer()
    cluster.broker?.pushErrors(apiKey: 11, [23])
    let owned = Owned()
    try consumer.subscribe([name], owned.handler)
    var errors: [KafkaError] = []
    // It goes on asking: the others may leave.
    #expect(
      eventually {
        consumer.withBatch(maxMessages: 1, timeout: 50) { _ in }
        for case .failed(let error, _) in consumer.takeEvents() { errors.append(error) }
        return !owned.partitions.isEmpty
      })
    #expect(errors.map(\.name) == ["INCONSISTENT_GROUP_PROTOCOL"])
    #expect(errors.allSatisfy { !$0.isFatal && "\($0)".contains("with the same scorer.assignor") })
    consumer.close()
  }
}
