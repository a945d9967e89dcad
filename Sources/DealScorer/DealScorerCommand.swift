import ArgumentParser
import Dispatch
import Foundation
import Kafka
import Logging
import ScorerRuntime
import Topics

/// `deal-scorer`: changes in, risk out.
@main
struct DealScorerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "deal-scorer", abstract: "Scores deals as they change and publishes their risk.")

  @Option(help: "Brokers to start from, host:port separated by commas.")
  var bootstrapServers = "localhost:9092"

  @Option(help: "What stands before every topic's name.")
  var topicPrefix = ""

  @Option(help: "The consumer group that all instances share.")
  var groupId = "deal-scorer"

  @Option(help: "This instance's name: stable over restarts, different for each instance.")
  var instanceId = "scorer-1"

  @Option(help: "Processing threads.")
  var threads = 1

  @Option(help: "exactly_once or at_least_once.")
  var guarantee = "exactly_once"

  @Option(help: "Milliseconds after which a silent instance is out of its group.")
  var sessionTimeout = 10_000

  @Option(help: "Milliseconds that a broker may wait for data.")
  var fetchWait = 50

  func run() async throws {
    guard let guarantee = ScorerSettings.Guarantee(rawValue: guarantee) else {
      throw ValidationError("--guarantee is \(guarantee): write exactly_once or at_least_once")
    }
    var settings = ScorerSettings(
      client: ClientConfiguration(bootstrapServers: bootstrapServers, clientID: "deal-scorer"))
    settings.topics = TopicNames(prefix: topicPrefix)
    settings.groupID = groupId
    settings.instanceID = instanceId
    settings.threads = threads
    settings.guarantee = guarantee
    settings.sessionTimeout = sessionTimeout
    settings.fetchWaitMax = fetchWait
    let scorer = Scorer(settings, logger: Logger(label: "deal-scorer"))
    let signals = [SIGTERM, SIGINT].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { scorer.stop() }
      source.resume()
      return source
    }
    defer { for source in signals { source.cancel() } }
    do {
      try await scorer.run()
    } catch let error as ScorerError {
      FileHandle.standardError.write(Data("deal-scorer: \(error)\n".utf8))
      throw ExitCode(error.exitStatus)
    }
  }
}
