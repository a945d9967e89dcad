import Kafka
import Testing

@Suite(.serialized) struct RevocationTests {
  private final class Seen {
    var assigned = false
    var revoked = false
    var handedOutAfter = 0
  }

  private func filled(_ cluster: TestCluster) throws -> String {
    let name = try cluster.topic("v", partitions: 1)
    let producer = try cluster.producer { $0.linger = 50 }
    let topic = try producer.topic(name)
    for number in 0..<10 { try producer.send(topic, nil, "\(number)") }
    try producer.flush(timeout: 30_000)
    producer.close()
    return name
  }

  @Test("unsubscribing gives the partitions back through the handler, and hands out nothing after it")
  func unsubscribes() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try filled(cluster)
    let seen = Seen()
    let consumer = try cluster.consumer()
    try consumer.subscribe(
      [name], RebalanceHandler(assigned: { _ in [:] }, revoked: { _ in seen.revoked = true }))
    // The other nine wait in the queue.
    #expect(consumer.receiveOne() == 0)
    #expect(try !consumer.hasLeft())
    try consumer.unsubscribe()
    #expect(
      try eventually {
        consumer.withBatch(maxMessages: 1_000, timeout: 50) { batch in
          if seen.revoked { seen.handedOutAfter += batch.count }
        }
        return try consumer.hasLeft()
      })
    #expect(seen.revoked)
    #expect(seen.handedOutAfter == 0)
    consumer.close()
  }

  @Test("a consumer that is let go without close does not call its handlers any more")
  func noHandlerAfterRelease() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try filled(cluster)
    let seen = Seen()
    do {
      let consumer = try cluster.consumer()
      try consumer.subscribe(
        [name],
        RebalanceHandler(
          assigned: { _ in
            seen.assigned = true
            return [:]
          }, revoked: { _ in seen.revoked = true }))
      #expect(consumer.receiveOne() == 0)
    }
    #expect(seen.assigned)
    #expect(!seen.revoked)
  }
}

extension Consumer {
  /// Takes a single record and gives its offset.
  fileprivate func receiveOne() -> Int64? {
    var offset: Int64?
    _ = eventually {
      withBatch(maxMessages: 1, timeout: 50) { batch in batch.forEach { offset = $0.offset } }
      return offset != nil
    }
    return offset
  }
}
