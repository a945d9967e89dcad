import ArgumentParser
import Programs

/// `crm-connector`: brings deal changes from a CRM to Kafka.
@main
struct CRMConnectorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crm-connector", abstract: "Brings deal changes from a CRM to Kafka.",
    subcommands: [ImportCommand.self])

  static func main() async { await runProgram() }
}
