import ArgumentParser
import Foundation
import Kafka
import Logging
import Topics

/// `dealpulse broker`: the embedded broker as a process of its own.
struct BrokerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "broker", abstract: "Runs the embedded broker: the Kafka protocol on loopback, for demos and tests.",
    discussion: """
      It holds its data in memory, at most 5 MiB and 100,000 batches in a partition (the oldest are dropped), does not
      compact, does not isolate transactions and forgets everything when it ends. Commands on standard input, one a line:
      topic NAME PARTITIONS | error API_KEY CODE... | clear API_KEY | rtt MS | down | up | coordinator GROUP BROKER |
      leader TOPIC PARTITION BROKER (-1 for none) | quit
      """)

  @Option(help: "A file to which the bootstrap address is written once the broker answers.")
  var portFile: String?

  @Option(help: "Topic prefixes for which all topics are made.")
  var topicPrefix: [String] = [""]

  @Option(help: "Partitions of deals.changes and its twins.")
  var dealPartitions = 12

  @Option(help: "How many brokers the cluster has; rtt, down and up command the first, errors fall on all.")
  var brokers = 1

  func validate() throws {
    guard (1...10).contains(brokers) else { throw ValidationError("--brokers must be 1 to 10") }
  }

  func run() throws {
    let broker = try EmbeddedBroker(brokers: brokers, logger: Logger(label: "broker"))
    for prefix in topicPrefix {
      for topic in TopicDeclaration.all(dealPartitions: dealPartitions) {
        try broker.createTopic(prefix + topic.name, partitions: topic.partitions)
      }
    }
    say("bootstrap \(broker.bootstrapServers)")
    say(
      "at most \(EmbeddedBroker.maximumPartitionBytes >> 20) MiB and \(EmbeddedBroker.maximumPartitionBatches)"
        + " batches in a partition, nothing is kept: for demos and tests only")
    if let portFile {
      // Written beside and moved, so that nobody reads half an address.
      let temporary = portFile + ".part"
      try broker.bootstrapServers.write(toFile: temporary, atomically: false, encoding: .utf8)
      guard rename(temporary, portFile) == 0 else {
        throw ValidationError("\(portFile) can't be written: choose another --port-file")
      }
    }
    serve(broker)
  }

  /// Prints at once: whoever reads our output through a pipe waits for it.
  private func say(_ line: String) { try? FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8)) }

  /// Obeys commands until `quit`; where nobody writes any, runs until it is killed.
  private func serve(_ broker: EmbeddedBroker) {
    while let line = readLine() {
      let words = line.split(separator: " ").map(String.init)
      if words == ["quit"] { return }
      do throws(KafkaError) {
        say(try obey(words, broker) ? "ok" : "unknown command: \(line)")
      } catch {
        say("failed: \(error)")
      }
    }
    while true { pause() }
  }

  private func obey(_ words: [String], _ broker: EmbeddedBroker) throws(KafkaError) -> Bool {
    switch (words.first, words.count) {
    case ("topic", 3):
      guard let partitions = Int(words[2]) else { return false }
      try broker.createTopic(words[1], partitions: partitions)
    case ("error", 3...):
      guard let key = Int16(words[1]) else { return false }
      broker.pushErrors(apiKey: key, words.dropFirst(2).compactMap { Int32($0) })
    case ("clear", 2):
      guard let key = Int16(words[1]) else { return false }
      broker.clearErrors(apiKey: key)
    case ("rtt", 2):
      guard let milliseconds = Int32(words[1]) else { return false }
      try broker.setRoundTrip(broker: 1, milliseconds: milliseconds)
    case ("coordinator", 3):
      guard let number = Int32(words[2]) else { return false }
      try broker.setCoordinator(kind: "group", key: words[1], broker: number)
    case ("leader", 4):
      guard let partition = Int32(words[2]), let number = Int32(words[3]) else { return false }
      try broker.setLeader(of: TopicPartition(words[1], partition), broker: number)
    case ("down", 1): try broker.takeDown(broker: 1)
    case ("up", 1): try broker.bringUp(broker: 1)
    default: return false
    }
    return true
  }
}
