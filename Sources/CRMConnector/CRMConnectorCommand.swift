import ArgumentParser
import Foundation

/// `crm-connector`: brings deal changes from a CRM to Kafka.
@main
struct CRMConnectorCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crm-connector", abstract: "Brings deal changes from a CRM to Kafka.",
    subcommands: [ImportCommand.self])

  static func main() async {
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch let failure as Failure {
      FileHandle.standardError.write(Data("crm-connector: \(failure.text)\n".utf8))
      Foundation.exit(failure.status)
    } catch {
      exit(withError: error)
    }
  }
}
