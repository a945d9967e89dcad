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

  @Option(help: "A setting of librdkafka, name=value, such as security.protocol=ssl; may be given several times.")
  var kafka: [String] = []

  @Option(help: "What stands before every topic's name.")
  var topicPrefix = ""

  @Option(help: "The consumer group that all instances share.")
  var groupId = "alert-router"

  @Option(help: "This instance's name: stable over restarts, different for each instance.")
  var instanceId = "router-1"

  @Option(help: "Milliseconds after which a silent instance is out of its group.")
  var sessionTimeout = 10_000

  @Option(help: "Where the HTTP interface listens; none for nowhere.")
  var listen = "127.0.0.1:9095"

  @Option(help: "A file to which the interface's port is written once it answers.")
  var portFile: String?

  @Option(help: "A file with the interface's token; the environment variable DEALPULSE_ROUTER_TOKEN is the other way.")
  var tokenFile: String?

  private func client() throws -> ClientConfiguration {
    var client = ClientConfiguration(bootstrapServers: bootstrapServers, clientID: "alert-router")
    for setting in kafka {
      guard let equals = setting.firstIndex(of: "=") else { throw ValidationError("--kafka must be name=value") }
      client.extra[String(setting[..<equals])] = String(setting[setting.index(after: equals)...])
    }
    return client
  }

  private func token() throws -> String? {
    guard let tokenFile else { return ProcessInfo.processInfo.environment["DEALPULSE_ROUTER_TOKEN"] }
    guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
      throw Failure("the token file \(tokenFile) can't be read: check the path and the permissions")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  func run() throws {
    // A limit on the size of files is to be an error of the store, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    let rules = try options.rules()
    let router = Router(
      settings: RouterProcessSettings(
        client: try client(),
        topics: TopicNames(prefix: topicPrefix), groupID: groupId, instanceID: instanceId,
        sessionTimeout: sessionTimeout, rulesFile: options.config, listen: listen == "none" ? nil : listen,
        portFile: portFile, token: try token()),
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
