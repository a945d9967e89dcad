import ArgumentParser
import Deals
import Foundation
import Kafka
import Simulation
import Programs

/// `dealpulse simulate`: a history with known truth.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "Makes up the history of a sales team, seeded, with known true win chances.",
    discussion: "Writes JSON Lines to --output (or standard output), or produces to Kafka with --produce.")

  @Option(help: "How many events.") var events = 10_000
  @Option(help: "The same seed gives the same events.") var seed: UInt64 = 1
  @Option(help: "New deals a day, on average.") var dealsPerDay = 20.0
  @Option(help: "Reps.") var reps = 25
  @Option(help: "The first day, such as 2023-01-01.") var start = "2023-01-01"
  @Option(help: "Share of events that come late.") var late = 0.0
  @Option(help: "Share of events that come twice.") var duplicates = 0.0
  @Option(help: "Share of events that can't be read.") var malformed = 0.0
  @Option(help: "A true change, such as industry=EdTech:-0.10@2024-02-01; may be given several times.")
  var effect: [String] = []
  @Option(help: "The file for the events.") var output: String?
  @Option(help: "The file for the true win chances, as CSV.") var truth: String?
  @Flag(help: "Produce to deals.changes instead of writing a file.") var produce = false
  @OptionGroup var cluster: ClusterOptions

  func validate() throws {
    guard events > 0 else { throw ValidationError("--events is \(events): give 1 or more") }
    guard reps > 0 else { throw ValidationError("--reps is \(reps): give 1 or more") }
    guard dealsPerDay > 0 else { throw ValidationError("--deals-per-day is \(dealsPerDay): give more than 0") }
    for share in [late, duplicates, malformed] where !(0...1).contains(share) {
      throw ValidationError("a share is \(share): give 0 to 1")
    }
    guard Self.day(start) != nil else { throw ValidationError("--start is \(start): write it like 2023-01-01") }
    for text in effect where Self.effect(text) == nil {
      throw ValidationError("--effect is \(text): write it like industry=EdTech:-0.10@2024-02-01")
    }
  }

  func settings() -> SimulationSettings {
    var settings = SimulationSettings()
    settings.seed = seed
    settings.events = events
    settings.dealsPerDay = dealsPerDay
    settings.reps = reps
    settings.lateShare = late
    settings.duplicateShare = duplicates
    settings.malformedShare = malformed
    settings.start = Self.day(start) ?? settings.start
    settings.effects = effect.compactMap(Self.effect)
    return settings
  }

  func run() async throws {
    let command = self
    try await DedicatedThread.run(name: "simulate") { try command.stream() }
  }

  private func stream() throws {
    var simulator = DealSimulator(settings())
    if produce {
      let connection = try cluster.settings()
      let sender = try ChangeSender(connection.client, topic: connection.topics.changes)
      while let event = simulator.next() { try sender.send(event) }
      try sender.finish()
    } else {
      try write(&simulator)
    }
    if let truth { try Self.write(simulator.truths, to: truth) }
  }

  private func write(_ simulator: inout DealSimulator) throws {
    let file = try output.map { path in
      guard FileManager.default.createFile(atPath: path, contents: nil),
        let handle = FileHandle(forWritingAtPath: path)
      else { throw Failure(text: "\(path) can't be written: choose another --output", status: 2) }
      return handle
    }
    let handle = file ?? .standardOutput
    var writer = JSONWriter()
    var buffer: [UInt8] = []
    while let event = simulator.next() {
      switch event.content {
      case .change(let change):
        writer.removeAll()
        writer.change(change)
        buffer.append(contentsOf: writer.bytes)
      case .malformed(let bytes, _): buffer.append(contentsOf: bytes)
      }
      buffer.append(UInt8(ascii: "\n"))
      if buffer.count > 1 << 20 {
        try handle.write(contentsOf: Data(buffer))
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try handle.write(contentsOf: Data(buffer))
  }

  private static func write(_ truths: [SimulatedTruth], to path: String) throws {
    var lines = ["deal_id,closed_at,win_probability,outcome"]
    for truth in truths {
      lines.append("\(truth.dealID),\(truth.closedAt),\(truth.winProbability),\(truth.outcome.name)")
    }
    do {
      try (lines.joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
    } catch {
      throw Failure(text: "\(path) can't be written: choose another --truth", status: 2)
    }
  }

  static func day(_ text: String) -> Day? { Timestamp(rfc3339: "\(text)T00:00:00Z")?.day }

  static func effect(_ text: String) -> SimulationSettings.Effect? {
    let parts = text.split(separator: "@")
    guard parts.count == 2, let day = day(String(parts[1])) else { return nil }
    let segment = parts[0].split(separator: ":")
    guard segment.count == 2, let change = Double(segment[1]) else { return nil }
    let pair = segment[0].split(separator: "=")
    guard pair.count == 2, let dimension = Dimension(name: String(pair[0])) else { return nil }
    return SimulationSettings.Effect(
      dimension: dimension, value: Symbol(String(pair[1])), from: day, change: change)
  }
}
