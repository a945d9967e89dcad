import Foundation
import Kafka
import Logging

/// The embedded broker, or the cluster that the environment names, with names that no other run has.
final class TestCluster {
  let bootstrap: String
  let broker: EmbeddedBroker?
  let run = String(UInt64.random(in: 0..<UInt64.max), radix: 36)
  private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  init(brokers: Int = 1, embedded: Bool = false) throws {
    if !embedded, let servers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"], !servers.isEmpty {
      bootstrap = servers
      broker = nil
    } else {
      let broker = try EmbeddedBroker(brokers: brokers, logger: logger)
      bootstrap = broker.bootstrapServers
      self.broker = broker
    }
  }

  var client: ClientConfiguration { ClientConfiguration(bootstrapServers: bootstrap, clientID: "test") }

  func topic(_ name: String, partitions: Int) throws -> String {
    let name = "test-\(run)-\(name)"
    if let broker {
      try broker.createTopic(name, partitions: partitions)
    } else {
      _ = try Admin(client, logger: logger).create([NewTopic(name, partitions: partitions)])
    }
    return name
  }

  func producer(_ edit: (inout ProducerConfiguration) -> Void = { _ in }) throws -> Producer {
    var configuration = ProducerConfiguration(client: client)
    edit(&configuration)
    return try Producer(configuration, logger: logger)
  }

  func consumer(group: String = "g", _ edit: (inout ConsumerConfiguration) -> Void = { _ in }) throws -> Consumer {
    var configuration = ConsumerConfiguration(client: client, groupID: "test-\(run)-\(group)")
    configuration.fetchWaitMax = 10
    configuration.offsetReset = .earliest
    edit(&configuration)
    return try Consumer(configuration, logger: logger)
  }
}

/// Calls until a condition holds; false where it does not within five minutes.
func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
  let deadline = Date().addingTimeInterval(300)
  while Date() < deadline {
    if try condition() { return true }
    usleep(2_000)
  }
  return false
}

struct Received: Hashable {
  var partition: Int32
  var offset: Int64
  var key: String?
  var value: String?
  var headers: [MessageHeader]
}

extension Consumer {
  func receive(_ count: Int) -> [Received] {
    var received: [Received] = []
    _ = eventually {
      withBatch(maxMessages: 100, timeout: 50) { batch in
        batch.forEach { message in
          received.append(
            Received(
              partition: message.partition, offset: message.offset,
              key: message.hasKey ? message.key.withUnsafeBytes { String(decoding: $0, as: UTF8.self) } : nil,
              value: message.isTombstone
                ? nil : message.value.withUnsafeBytes { String(decoding: $0, as: UTF8.self) },
              headers: message.headers))
        }
      }
      return received.count >= count
    }
    return received
  }
}

extension Producer {
  func send(
    _ topic: ProducerTopic, _ key: String?, _ value: String?, partition: Int32? = nil,
    headers: [MessageHeader] = [], group: DeliveryGroup = DeliveryGroup()
  ) throws {
    let keyBytes = key.map { Array($0.utf8) }
    let valueBytes = value.map { Array($0.utf8) }
    try (keyBytes ?? []).withUnsafeBytes { key in
      try (valueBytes ?? []).withUnsafeBytes { value in
        try produce(
          to: topic, partition: partition, key: keyBytes == nil ? nil : key,
          value: valueBytes == nil ? nil : value, headers: headers, group: group)
      }
    }
  }
}
