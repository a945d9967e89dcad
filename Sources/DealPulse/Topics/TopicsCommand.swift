import ArgumentParser
import Kafka
import Logging
import Topics

/// `dealpulse topics`: makes the topics, or says what is wrong with them.
struct TopicsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "topics", abstract: "Makes the topics, or holds them against what they must be.",
    subcommands: [Apply.self, Check.self])

  struct Target: ParsableArguments {
    @OptionGroup var cluster: ClusterOptions

    @Option(help: "Partitions of deals.changes and its twins.")
    var dealPartitions = 12

    func contract() throws -> TopicContract {
      let connection = try cluster.settings()
      return try TopicContract(
        client: connection.client, prefix: connection.topics.prefix, dealPartitions: dealPartitions,
        logger: Logger(label: "dealpulse"))
    }
  }

  struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Makes the topics and partitions that are missing.")

    @OptionGroup var target: Target

    @Option(help: "Copies of each partition; the broker's default where it is not given.")
    var replication: Int?

    func run() async throws {
      let (target, replication) = (target, replication)
      let made = try await DedicatedThread.run(name: "topics") {
        try target.contract().apply(replication: replication)
      }
      for line in made { print(line) }
      if made.isEmpty { print("every topic is there") }
    }
  }

  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Prints every difference and fails where there is one.")

    @OptionGroup var target: Target

    func run() async throws {
      let target = target
      let differences = try await DedicatedThread.run(name: "topics") { try target.contract().differences() }
      for difference in differences { print(difference) }
      guard differences.isEmpty else { throw ExitCode(1) }
      print("every topic is as it must be")
    }
  }
}
