import ArgumentParser
import Foundation
import Kafka
import Topics

/// Which cluster and which topics a command is about.
struct ClusterOptions: ParsableArguments {
  @Option(help: "Brokers to start from, host:port separated by commas.")
  var bootstrapServers = ProcessInfo.processInfo.environment["KAFKA_BOOTSTRAP_SERVERS"] ?? "localhost:9092"

  @Option(help: "What stands before every topic's name.")
  var topicPrefix = ""

  var client: ClientConfiguration { ClientConfiguration(bootstrapServers: bootstrapServers, clientID: "dealpulse") }
  var topics: TopicNames { TopicNames(prefix: topicPrefix) }
}

/// Ends a command with words on standard error and a status.
struct Failure: Error, CustomStringConvertible {
  var text: String
  var status: Int32 = 1
  var description: String { text }
}
