import AlertDelivery
import Alerts
import ArgumentParser
import Dispatch
import Foundation
import Kafka
import Logging
import Observability
import Programs

/// `alert-router run`: the router itself.
struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Reads risk, trends and reports and delivers messages until SIGTERM.",
    discussion: "SIGHUP reads the rules again; a file with faults changes nothing.")

  @OptionGroup var options: RuleOptions
  @OptionGroup var storage: StoreOptions
  @OptionGroup var connection: ConnectionOptions

  @Option(help: "A file with the keys kafka.…, topics.…, logging.… and metrics.…, as of the scorer.")
  var connectionFile: String?

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

  @Option(help: "The port of /metrics and /readyz; any that is free where not given.")
  var metricsPort: Int?

  func run() async throws {
    // A limit on the size of files is to be an error of the store, not the end of the process.
    signal(SIGXFSZ, SIG_IGN)
    let rules = try options.rules()
    try Router.verifySecrets(of: rules)
    var settings = try connection.settings(clientID: "alert-router", file: connectionFile)
    if let metricsPort { settings.observability.port = metricsPort }
    settings.observability.bootstrapLogging()
    let metrics = PrometheusMetrics(help: RouterMetrics.help)
    settings.observability.bootstrapMetrics(metrics)
    let logger = Logger(label: "alert-router")
    logger.configuration(settings.effective)
    let claim = try StoreLock(store: storage.store)
    defer { withExtendedLifetime(claim) {} }
    let router = Router(
      settings: RouterProcessSettings(
        client: settings.client, topics: settings.topics, groupID: groupId, instanceID: instanceId,
        sessionTimeout: sessionTimeout, rulesFile: options.config, listen: listen == "none" ? nil : listen,
        portFile: portFile, token: try token()),
      rules: rules, templates: try MessageTemplates(folder: options.templates),
      store: try RouterStore(path: storage.store), logger: logger)
    let signals = [SIGTERM, SIGINT, SIGHUP].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { if number == SIGHUP { router.reload() } else { router.stop() } }
      source.resume()
      return source
    }
    defer { for source in signals { source.cancel() } }
    let readiness = Readiness()
    readiness.require("router") { router.faults.first }
    let server = settings.observability.statusServer(metrics, readiness: readiness, logger: logger)
    try await server.start()
    do {
      try await DedicatedThread.run(name: "router") { try router.run() }
      await server.stop()
    } catch {
      await server.stop()
      throw error as? Failure ?? Failure("\(error)")
    }
  }

  private func token() throws -> String? {
    guard let tokenFile else { return ProcessInfo.processInfo.environment["DEALPULSE_ROUTER_TOKEN"] }
    guard let text = try? String(contentsOfFile: tokenFile, encoding: .utf8) else {
      throw Failure("the token file \(tokenFile) can't be read: check the path and the permissions")
    }
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
