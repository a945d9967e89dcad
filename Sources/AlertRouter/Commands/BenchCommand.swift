import ArgumentParser
import Foundation

/// `alert-router bench`: how fast, and in how much memory?
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures the router's pure steps and the whole router, as a process of its own; prints JSON.",
    discussion: "Against an embedded broker and a stand-in for Slack on this machine. Meant for a release build.")

  @Option(help: "Known fingerprints.")
  var fingerprints = 1_000_000

  @Option(help: "Events for the pure steps.")
  var events = 200_000

  @Option(help: "Events for the whole router; the embedded broker holds about 150,000.")
  var streamEvents = 100_000

  @Option(help: "Alerts whose way to Slack is timed.")
  var alerts = 200

  func run() throws {
    let pure = DeduplicationBench(fingerprints: fingerprints, events: events).figures()
    let whole = try RouterBench(fingerprints: fingerprints, events: streamEvents, alerts: alerts).figures()
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let figures = pure.merging(whole) { $1 }.mapValues { ($0 * 10).rounded() / 10 }
    print(String(decoding: try encoder.encode(figures), as: UTF8.self))
  }
}
