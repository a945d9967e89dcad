import AlertDelivery
import Alerts
import ArgumentParser
import Dispatch
import Foundation
import Kafka
import Logging
import Topics

/// `alert-router run`: the router itself.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Reads risk events and delivers messages until SIGTERM; SIGHUP reads the rules again."
  )

  @OptionGroup var options: RuleOptions
  @OptionGroup var storage: StoreOptions

  @Option(help: "Brokers to start from, host:port separated by commas.")
  var bootstrapServers = "localhost:9092"

  @Option(help: "What stands before every topic's name.")
  var topicPrefix = ""

  @Option(help: "The consumer group that all instances share.")
  var groupId = "alert-router"

  @Option(help: "This instance's name: stable over restarts, different for each instance.")
  var instanceId = "router-1"

  @Option(help: "Milliseconds after which a silent instance is out of its group.")
  var sessionTimeout = 10_000

  func run() throws {
    let rules = try options.rules()
    let router = Router(
      settings: RouterProcessSettings(
        client: ClientConfiguration(bootstrapServers: bootstrapServers, clientID: "alert-router"),
        topics: TopicNames(prefix: topicPrefix), groupID: groupId, instanceID: instanceId,
        sessionTimeout: sessionTimeout, rulesFile: options.config),
      rules: rules, templates: try MessageTemplates(folder: options.templates),
      store: try RouterStore(path: storage.store), logger: Logger(label: "alert-router"))
    let signals = [SIGTERM, SIGINT, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { if number == SIGHUP { router.reload() } else { router.stop() } }
      source.resume()
      return source
    }
    defer { for source in signals { source.cancel() } }
    // The main thread is ours and may block.
    try router.run()
  }
}
