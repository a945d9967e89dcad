import Alerts
import ArgumentParser
import Configuration
import Foundation

/// `alert-router`: risk in, few and timely messages out.
@main
struct AlertRouterCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert-router", abstract: "Tells the right person about the right deal, once.",
    subcommands: [
      RunCommand.self, CheckCommand.self, RouteCommand.self, SimulateCommand.self, WhyCommand.self,
      SilenceCommand.self, AckCommand.self, DeadLettersCommand.self, PreviewCommand.self, SinkCommand.self,
      BenchCommand.self,
    ])
}

/// Where the rules and templates are.
struct RuleOptions: ParsableArguments {
  @Option(help: "The rules.")
  var config = "config/router.yaml"

  @Option(help: "A folder with templates that override the standard ones.")
  var templates: String?

  func rules() throws -> RouterRules {
    do { return try RulesLoader.load(file: config) } catch { throw Failure("\(error)") }
  }
}

/// Where the store is.
struct StoreOptions: ParsableArguments {
  @Option(help: "The router's SQLite file.")
  var store = "alert-router.sqlite"
}

/// An end with words on standard error and status 1.
struct Failure: Error, CustomStringConvertible {
  var description: String
  init(_ description: String) { self.description = description }
}
