import ArgumentParser
import Programs

/// `dealpulse`: the operator's companion.
@main
struct DealPulseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dealpulse", abstract: "The operator's companion: demo, broker, topics, simulation, explanations.",
    subcommands: [
      DemoCommand.self, BrokerCommand.self, TopicsCommand.self, DoctorCommand.self, ExplainCommand.self,
      DeadLettersCommand.self, SimulateCommand.self, BenchCommand.self, ReferenceCommand.self,
    ])

  static func main() async { await runProgram() }
}
