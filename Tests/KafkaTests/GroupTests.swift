import Foundation
import Kafka
import Testing

@Suite(.serialized) struct GroupTests {
  private static let isCluster = !(ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"] ?? "").isEmpty

  @Test("a generation directly follows another of the same member, one number before it")
  func follows() {
    let first = GroupGeneration(number: 4, memberID: "m")
    #expect(GroupGeneration(number: 5, memberID: "m").directlyFollows(first))
    #expect(!GroupGeneration(number: 4, memberID: "m").directlyFollows(first))
    #expect(!GroupGeneration(number: 6, memberID: "m").directlyFollows(first))
    #expect(!GroupGeneration(number: 5, memberID: "n").directlyFollows(first))
    let last = GroupGeneration(number: .max, memberID: "m")
    #expect(!GroupGeneration(number: .min, memberID: "m").directlyFollows(last))
  }

  @Test("a member knows its generation at each assignment: one more with each member that comes")
  func generations() throws {
    let cluster = try TestCluster()
    let name = try cluster.topic("g", partitions: 2)
    var seen: [GroupGeneration?] = []
    func member(_ instance: String) throws -> Consumer {
      try cluster.consumer {
        $0.groupInstanceID = instance
        $0.sessionTimeout = 6_000
        $0.heartbeatInterval = 100
      }
    }
    let (one, two) = (try member("one"), try member("two"))
    #expect(one.generation == nil)
    try one.subscribe(
      [name],
      RebalanceHandler(assigned: { _ in
        seen.append(one.generation)
        return [:]
      }))
    #expect(
      eventually {
        one.withBatch(maxMessages: 1, timeout: 50) { _ in }
        return seen.count == 1
      })
    try two.subscribe([name])
    #expect(
      eventually {
        one.withBatch(maxMessages: 1, timeout: 50) { _ in }
        two.withBatch(maxMessages: 1, timeout: 50) { _ in }
        one.tendGroup()
        return seen.count == 2
      })
    let (first, second) = (try #require(seen[0]), try #require(seen[1]))
    #expect(second.directlyFollows(first))
    #expect(first.memberID == one.memberID)
    if Self.isCluster { #expect(try instances(cluster, one) == ["one", "two"]) }
    two.close()
    one.close()
  }

  private func instances(_ cluster: TestCluster, _ consumer: Consumer) throws -> [String] {
    try Admin(of: consumer).members(of: "test-\(cluster.run)-g").compactMap(\.groupInstanceID).sorted()
  }
}
