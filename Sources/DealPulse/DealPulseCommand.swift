import ArgumentParser
import Foundation

/// `dealpulse`: the operator's companion.
@main
struct DealPulseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dealpulse", abstract: "The operator's companion: demo, broker, topics, simulation, explanations.",
    subcommands: [
      DemoCommand.self, BrokerCommand.self, TopicsCommand.self, DoctorCommand.self, ExplainCommand.self,
      SimulateCommand.self, BenchCommand.self,
    ])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      FileHandle.standardError.write(Data("dealpulse: \(failure.text)\n".utf8))
      Foundation.exit(failure.status)
    } catch {
      exit(withError: error)
    }
  }
}
