import AlertDelivery
import Deals
import Foundation
import GRDB
import Kafka
import Logging
import Testing
import Topics

@testable import AlertRouter

@Suite struct AlertsLogTests {
  @Test("a store that is locked when decisions have arrived ends nothing: that they have is noted later")
  func locked() throws {
    let broker = try EmbeddedBroker(logger: Logger(label: "broker"))
    try broker.createTopic("alerts.log", partitions: 1)
    let producer = try Producer(
      ProducerConfiguration(client: ClientConfiguration(bootstrapServers: broker.bootstrapServers)),
      logger: Logger(label: "test"))
    let store = try StoredAlert.store("D1", at: Timestamp(milliseconds: 1_772_452_800_000))
    let log = try AlertsLog(producer, TopicNames(), store)
    try log.write()
    try producer.flush(timeout: 300_000)
    var configuration = GRDB.Configuration()
    configuration.allowsUnsafeTransactions = true
    let other = try DatabaseQueue(path: store.path, configuration: configuration)
    try other.inDatabase { try $0.execute(sql: "BEGIN EXCLUSIVE") }
    try log.settle()
    #expect(log.isUnderWay)
    try other.inDatabase { try $0.execute(sql: "ROLLBACK") }
    try log.settle()
    #expect(!log.isUnderWay)
    #expect(try store.unpublished(limit: 1).isEmpty)
  }
}
