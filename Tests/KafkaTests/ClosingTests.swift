import Foundation
import Kafka
import Synchronization
import Testing

@Suite(.serialized) struct ClosingTests {
  private static func residentBytes() throws -> Int {
    let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
    return (Int(text.split(separator: " ")[1]) ?? 0) * 4_096
  }

  // In a process of its own: other tests run beside this one, and their memory would be counted.
  @Test("a thousand clients opened and closed leave the memory where it was")
  func flatMemory() async {
    await #expect(processExitsWith: .success) {
      let cluster = try TestCluster(embedded: true)
      func cycle(_ count: Int) throws {
        for number in 0..<count {
          if number % 2 == 0 {
            let consumer = try cluster.consumer()
            consumer.close()
          } else {
            let producer = try cluster.producer()
            producer.close()
          }
        }
      }
      // The first cycles fill the allocator's and librdkafka's own caches.
      try cycle(200)
      let before = try ClosingTests.residentBytes()
      try cycle(1_000)
      // A leaked client would be worth some 100 KiB each: 1,000 of them 100 MiB.
      let grown = try ClosingTests.residentBytes() - before
      #expect(grown < 16 << 20)
    }
  }

  @Test("no delivery is reported after close, and none is left open")
  func noLateCallback() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("late", partitions: 1)
    try cluster.broker?.setRoundTrip(broker: 1, milliseconds: 2_000)
    let group = DeliveryGroup()
    let producer = try cluster.producer()
    let topic = try producer.topic(name)
    try producer.send(topic, nil, "v", group: group)
    producer.close()
    #expect(group.isComplete)
    #expect(group.firstFailure != nil)
  }

  @Test("the statistics of a client come as JSON that names it")
  func statistics() throws {
    let cluster = try TestCluster(embedded: true)
    var configuration = ProducerConfiguration(client: cluster.client)
    configuration.client.statisticsInterval = 50
    let seen = Mutex("")
    let producer = try Producer(configuration, logger: .init(label: "test")) { json in seen.withLock { $0 = json } }
    #expect(eventually { seen.withLock { $0.contains("\"client_id\"") } })
    producer.close()
  }

  @Test("work on a dedicated thread gives its result to a task")
  func dedicatedThread() async throws {
    let answer = try await DedicatedThread.run(name: "test") { 6 * 7 }
    #expect(answer == 42)
  }
}
