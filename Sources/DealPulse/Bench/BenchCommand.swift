import ArgumentParser
import Foundation
import Kafka

/// `dealpulse bench`: speed and memory, measured side by side in one run.
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench", abstract: "Measures speed and memory in one run and prints them as JSON.",
    discussion: "Without --bootstrap-servers it starts an embedded broker of its own. Meant for a release build.")

  @Option(help: "Events for the engine.") var engineEvents = 200_000
  @Option(help: "Events for the stream, 0 to leave out all that needs a broker; the embedded one holds about 110,000.")
  var streamEvents = 100_000
  @Option(help: "Open deals for the memory figure, 0 to leave it out.") var deals = 1_000_000
  @Option(help: "Seconds of paced events for the latency figures, 0 to leave them out.") var latencySeconds = 10
  @Option(
    help: "Open deals that are restored through the broker and, on a cluster, move when a scorer is killed; 0 for none."
  )
  var movedDeals = 100_000
  @Option(help: "A cluster that is there already, for topics of the run's own, which stay: with exactly_once, too.")
  var bootstrapServers: String?
  @Option(help: "Copies of each partition there; the cluster's default where not given.") var replication: Int?

  func run() async throws {
    let command = self
    let figures = try await DedicatedThread.run(name: "bench") { try command.measure() }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
  }

  private func measure() throws -> [String: Double] {
    // First, while the heap is empty: what others leave free would be counted as nothing. Of the two the one that leaves less
    // goes first.
    let trends = TrendBench().figures()
    let bytes = deals > 0 ? try MemoryBench(deals: deals).bytesPerDeal() : .nan
    var figures = try EngineBench(events: engineEvents).figures()
    figures.merge(trends) { $1 }
    figures["bytes_per_open_deal"] = bytes
    if streamEvents > 0 { figures.merge(try streamFigures()) { $1 } }
    figures["engine_over_jsondecoder"] = (figures["engine_eps"] ?? 0) / (figures["jsondecoder_eps"] ?? 1)
    // A part that was left out or made too small to measure has no figure.
    return figures.filter(\.value.isFinite).mapValues { ($0 * 1_000).rounded() / 1_000 }
  }

  private func streamFigures() throws -> [String: Double] {
    var figures: [String: Double] = [:]
    let stage = try BenchStage(servers: bootstrapServers, replication: replication)
    defer { stage.close() }
    let load = try BenchLoad(events: streamEvents)
    let stream = StreamBench(stage, load)
    figures["passthrough_eps"] = try stream.passthrough()
    figures["fanout_eps"] = try stream.fanout()
    figures.merge(try stream.scorer()) { $1 }
    if latencySeconds > 0 { figures.merge(try stream.latency(seconds: latencySeconds)) { $1 } }
    if movedDeals > 0 {
      figures.merge(try stream.restore(deals: movedDeals)) { $1 }
      // The embedded broker waits for a second session before it shares out anew, whoever has joined again by then.
      if stage.isReal { figures.merge(try stream.rebalance()) { $1 } }
    }
    figures["scorer_over_fanout"] = (figures["scorer_eps"] ?? 0) / (figures["fanout_eps"] ?? 1)
    return figures
  }
}

/// Seconds that work takes.
func seconds(_ work: () throws -> Void) rethrows -> Double {
  let begun = ContinuousClock.now
  try work()
  return (ContinuousClock.now - begun) / .seconds(1)
}

/// Bytes of this process in memory.
func residentBytes() -> Double {
  let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
  return (text.split(separator: " ").dropFirst().first.flatMap { Double($0) } ?? 0) * 4_096
}

/// Seconds of processor time that this process has used.
func processorSeconds() -> Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  func value(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
  return value(usage.ru_utime) + value(usage.ru_stime)
}
