import Kafka
import Testing

@Suite(.serialized) struct TransactionTests {
  private enum APIKey {
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
