import ArgumentParser
import Deals
import Foundation
import Kafka
import Logging
import Simulation
import Topics

/// `dealpulse demo`: the whole stream on one machine, each program a process of its own.
struct DemoCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "demo", abstract: "Runs everything on this machine: broker, connector, scorer, and live scores.")

  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(help: "A CRM export to stream instead of a simulated history.") var history: String?
  @Option(help: "Events of the simulated history.") var events = 20_000
  @Option(help: "The seed of the simulation.") var seed: UInt64 = 1
  @Option(help: "How the connector reads the export; see config/connector.yaml.") var connectorConfig: String?
  @Flag(inversion: .prefixedNo, help: "After the history, stream live changes until interrupted.") var follow = true
  @Option(help: "How the summary is printed.") var format = Format.text
  @Option(help: "Partitions of deals.changes.") var dealPartitions = 12
  @Option(help: "A file to which the broker's address is written, for kcat and the like.") var portFile: String?
  @Flag(help: "Keep the broker and the scorer running after the summary, until interrupted.") var keep = false

  func run() async throws {
    let command = self
    try await DedicatedThread.run(name: "demo") {
      let stage = try DemoStage(portFile: command.portFile, partitions: command.dealPartitions)
      defer { stage.close() }
      try command.play(on: stage)
    }
  }

  private func play(on stage: DemoStage) throws {
    let begun = ContinuousClock.now
    say("broker at \(stage.servers), logs in \(stage.folder)")
    if let history {
      try stage.run(
        "crm-connector",
        ["import", history, "--bootstrap-servers", stage.servers, "--rejects", stage.path("rejects.csv")]
          + (connectorConfig.map { ["--config", $0] } ?? []))
    } else {
      try simulateHistory(stage)
    }
    say("history sent, waiting for the scorer")
    try stage.waitUntilProcessed()
    var summary = try DemoSummary.read(stage.client, TopicNames(), dealPartitions: dealPartitions)
    summary.seconds = (ContinuousClock.now - begun) / .seconds(1)
    print(format == .json ? summary.json : summary.text)
    if follow, format == .text { try LiveDemo(stage, seed: seed, partitions: dealPartitions).run() }
    if keep { stage.waitForInterrupt() }
  }

  private func simulateHistory(_ stage: DemoStage) throws {
    var settings = SimulationSettings()
    settings.seed = seed
    settings.events = events
    // Ends about today, so that what follows live goes on from it.
    let days = Double(events) / (settings.dealsPerDay * 4.2)
    settings.start = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000)).day.adding(-Int(days))
    settings.effects = [
      SimulationSettings.Effect(
        dimension: .industry, value: "EdTech", from: settings.start.adding(Int(days * 0.7)), change: -0.15)
    ]
    var simulator = DealSimulator(settings)
    let sender = try ChangeSender(stage.client, topic: TopicNames().changes)
    let now = Date().timeIntervalSince1970 * 1_000
    while let event = simulator.next(), Double(event.time.milliseconds) < now { try sender.send(event) }
    try sender.finish()
    say(
      "simulated \(events) events from \(settings.start), EdTech wins 15 points less from \(settings.effects[0].from)")
  }

  private func say(_ line: String) {
    guard format == .text else { return }
    try? FileHandle.standardError.write(contentsOf: Data("demo: \(line)\n".utf8))
  }
}
