import Kafka
import Testing

@Suite(.serialized) struct TransactionTests {
  private enum APIKey {
    static let produce: Int16 = 0
    static let endTransaction: Int16 = 26
    static let offsetCommit: Int16 = 28
  }

  @Test("a committed transaction is read, with its offsets sent as the group's member")
  func commit() throws {
    let cluster = try TestCluster()
    let name = try cluster.topic("t", partitions: 1)
    let producer = try cluster.producer { $0.transactionalID = "tx-\(cluster.run)" }
    try producer.initTransactions()
    let topic = try producer.topic(name)
    let consumer = try cluster.consumer()
    try consumer.subscribe([name])
    try producer.beginTransaction()
    try producer.send(topic, "k", "v")
    guard let metadata = consumer.groupMetadata() else {
      Issue.record("a member without metadata")
      return
    }
    try producer.send(offsets: [TopicPartition(name, 0): 0], as: metadata)
    try producer.commitTransaction()
    #expect(consumer.receive(1).map(\.value) == ["v"])
    consumer.close()
    producer.close()
  }

  @Test("an error that needs an abort says so, and after the abort the work goes through")
  func abortable() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("t", partitions: 1)
    let producer = try cluster.producer { $0.transactionalID = "tx-\(cluster.run)" }
    try producer.initTransactions()
    let topic = try producer.topic(name)
    let consumer = try cluster.consumer()
    try consumer.subscribe([name])
    guard let metadata = consumer.groupMetadata() else {
      Issue.record("a member without metadata")
      return
    }
    try producer.beginTransaction()
    try producer.send(topic, "k", "v")
    // The group has moved on to another generation: what was done for the old one must not be committed.
    cluster.broker?.pushErrors(apiKey: APIKey.offsetCommit, [22])
    do {
      try producer.send(offsets: [TopicPartition(name, 0): 1], as: metadata)
      Issue.record("the offsets of an old generation were taken")
    } catch {
      #expect(error.errorClass == .abortable)
    }
    try producer.abortTransaction()
    try producer.beginTransaction()
    let group = DeliveryGroup()
    try producer.send(topic, "k", "again", group: group)
    try producer.send(offsets: [TopicPartition(name, 0): 1], as: metadata)
    try producer.commitTransaction()
    #expect(group.isComplete && group.firstFailure == nil)
    // The embedded broker shows what was aborted, too.
    #expect(consumer.receive(2).last?.value == "again")
    consumer.close()
    producer.close()
  }

  /// Begins a transaction of which a record is refused for good, and gives what the next record meets.
  private func refusal(_ producer: Producer, _ topic: ProducerTopic, _ cluster: TestCluster, code: Int32) throws
    -> KafkaError?
  {
    try producer.beginTransaction()
    cluster.broker?.pushErrors(apiKey: APIKey.produce, [code])
    try producer.send(topic, "k", "refused")
    try producer.flush(timeout: 60_000)
    do {
      try producer.send(topic, "k", "too late")
      return nil
    } catch {
      return error as? KafkaError
    }
  }

  @Test(
    "a record for a transaction that has failed meanwhile is told the cause, and after the abort the work goes through")
  func failedMeanwhile() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("t", partitions: 1)
    let producer = try cluster.producer { $0.transactionalID = "tx-\(cluster.run)" }
    try producer.initTransactions()
    let topic = try producer.topic(name)
    // The broker knows of no transaction; the record is too large for it.
    for (code, cause) in [(Int32(48), "INVALID_TXN_STATE"), (10, "MSG_SIZE_TOO_LARGE")] {
      let error = try #require(try refusal(producer, topic, cluster, code: code))
      #expect(error.errorClass == .abortable)
      #expect(error.name == cause)
      try producer.abortTransaction()
    }
    // The refused records have left a gap in the numbers that the broker counts by, which may cost an abort more.
    #expect(try (0..<3).contains { _ in try isCommitted(producer, topic) })
    producer.close()
  }

  /// Whether a transaction goes through; it is aborted where that is what its error asks for.
  private func isCommitted(_ producer: Producer, _ topic: ProducerTopic) throws -> Bool {
    do {
      try producer.beginTransaction()
      try producer.send(topic, "k", "v")
      try producer.commitTransaction()
      return true
    } catch let error as KafkaError where error.requiresAbort {
      try producer.abortTransaction()
      return false
    }
  }

  @Test("a transaction that is not permitted is not done again, and says what to grant")
  func notPermitted() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("t", partitions: 1)
    let producer = try cluster.producer { $0.transactionalID = "tx-\(cluster.run)" }
    try producer.initTransactions()
    let error = try #require(try refusal(producer, try producer.topic(name), cluster, code: 29))
    #expect(error.errorClass == .fatal)
    #expect("\(error)".contains("Grant"))
    producer.close()
  }

  @Test("a producer that is fenced while it writes learns that it is")
  func fencedWriting() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("t", partitions: 1)
    let producer = try cluster.producer { $0.transactionalID = "tx-\(cluster.run)" }
    try producer.initTransactions()
    let error = try #require(try refusal(producer, try producer.topic(name), cluster, code: 47))
    #expect(error.isFenced && error.isFatal)
    producer.close()
  }

  @Test("a record without a transaction is refused as a wrong call")
  func noTransaction() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("t", partitions: 1)
    let producer = try cluster.producer { $0.transactionalID = "tx-\(cluster.run)" }
    try producer.initTransactions()
    let topic = try producer.topic(name)
    #expect {
      try producer.send(topic, "k", "v")
    } throws: { error in
      (error as? KafkaError)?.errorClass == .permanent
    }
    producer.close()
  }

  @Test("a fenced producer is told that this is the end")
  func fenced() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("t", partitions: 1)
    let producer = try cluster.producer { $0.transactionalID = "tx-\(cluster.run)" }
    try producer.initTransactions()
    let topic = try producer.topic(name)
    try producer.beginTransaction()
    try producer.send(topic, "k", "v")
    cluster.broker?.pushErrors(apiKey: APIKey.endTransaction, [90])
    do {
      try producer.commitTransaction()
      Issue.record("the commit went through")
    } catch {
      #expect(error.errorClass == .fatal)
      #expect(producer.fatalError != nil)
      #expect("\(error)".contains("instance"))
    }
    producer.close()
  }

  @Test("a coordinator that is not there for a moment is waited for")
  func coordinatorAway() throws {
    let cluster = try TestCluster(embedded: true)
    let name = try cluster.topic("t", partitions: 1)
    let producer = try cluster.producer { $0.transactionalID = "tx-\(cluster.run)" }
    try producer.initTransactions()
    let topic = try producer.topic(name)
    try producer.beginTransaction()
    try producer.send(topic, "k", "v")
    cluster.broker?.pushErrors(apiKey: APIKey.endTransaction, [15, 15])
    try producer.commitTransaction()
    let consumer = try cluster.consumer()
    try consumer.subscribe([name])
    #expect(consumer.receive(1).map(\.value) == ["v"])
    consumer.close()
    producer.close()
  }
}
