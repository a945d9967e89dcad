import AlertDelivery
import Alerts
import ArgumentParser
import Configuration
import Foundation
import Programs

/// `alert-router`: risk in, few and timely messages out.
@main
struct AlertRouterCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "alert-router", abstract: "Tells the right person about the right deal, once.",
    subcommands: [
      RunCommand.self, CheckCommand.self, RouteCommand.self, SimulateCommand.self, WhyCommand.self,
      SilenceCommand.self, AckCommand.self, DeadLettersCommand.self, PreviewCommand.self, SinkCommand.self,
      BenchCommand.self,
    ])

  static func main() async { await runProgram() }
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

  /// When a router does what it is told through the store.
  static let whenDone = "a running router obeys within a second, one that is down at its next start"

  /// The store of a router that has run.
  func open() throws(StoreError) -> RouterStore { try RouterStore.existing(path: store) }
}

extension Failure {
  /// An end with words and status 1.
  init(_ text: String) { self.init(text: text) }
}
