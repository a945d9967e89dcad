import ArgumentParser

/// `dealpulse`: the operator's companion.
@main
struct DealPulseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dealpulse", abstract: "The operator's companion: broker, topics and more.",
    subcommands: [BrokerCommand.self, TopicsCommand.self])
}
