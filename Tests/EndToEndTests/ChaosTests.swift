import Deals
import Foundation
import Simulation
import Testing

private let minutes = ProcessInfo.processInfo.environment["DEALPULSE_CHAOS_MINUTES"].flatMap { Double($0) }

extension EndToEnd {
  /// `make chaos`: three scorers, every fault mixed, for as long as is asked. The faults follow from the seed, the instants at
  /// which they fall do not.
  @Suite(.serialized, .enabled(if: minutes != nil, "run by `make chaos`")) struct ChaosTests {
    private enum Fault: String, CaseIterable {
      case killOne = "one scorer killed"
      case killAll = "all scorers killed"
      case standStill = "a scorer stood still for 8 s"
      case brokerStandsStill = "the broker stood still for 8 s"
      case requestErrors = "requests failed"
      case slowBroker = "slow answers for 3 s"
      case connectionBreaks = "connections broken"

      var needsEmbeddedBroker: Bool { ![.killOne, .killAll, .standStill].contains(self) }
    }

    private static let names = ["a", "b", "c"]

    private func settings(events: Int, seed: UInt64) -> SimulationSettings {
      var settings = SimulationSettings()
      settings.seed = seed
      settings.events = events
      settings.dealsPerDay = 60
      // The embedded broker keeps 5 MiB of a partition, and the ledger has one.
      settings.contactShare = 0.9
      settings.lateShare = 0.05
      settings.duplicateShare = 0.05
      settings.malformedShare = 0.001
      return settings
    }

    @Test("every fault mixed loses nothing, doubles nothing, and leaves every score exact") func mixed() throws {
      let minutes = try #require(minutes)
      let seed = ProcessInfo.processInfo.environment["DEALPULSE_CHAOS_SEED"].flatMap { UInt64($0) } ?? 1
      let count = min(200_000, Int(minutes * 20_000))
      let events = Array(DealSimulator(settings(events: count, seed: seed)))
      print("chaos: seed \(seed), \(events.count) events over \(minutes) minutes")
      let drill = try Drill(events: events, partitions: 32, seconds: minutes * 60)
      var scorers = try Self.names.map { try drill.stream.scorer($0) }
      var random = SeededNumbers(seed: seed)
      var injected: [Fault: Int] = [:]
      let end = Date().addingTimeInterval(minutes * 60)
      while Date() < end {
        // Time between two faults, so that the stream is scored in between; part of the load, not a wait for a result.
        Thread.sleep(forTimeInterval: 4 + random.next(6))
        let faults = Fault.allCases.filter { drill.stream.broker != nil || !$0.needsEmbeddedBroker }
        let fault = faults[Int(random.next(Double(faults.count)))]
        injected[fault, default: 0] += 1
        try inject(fault, drill.stream, &scorers, &random)
      }
      let outcome = try drill.outcome(scorers)
      print(table(injected, events.count, outcome))
      #expect(outcome.isSame)
    }

    private func inject(
      _ fault: Fault, _ stream: Stream, _ scorers: inout [Program], _ random: inout SeededNumbers
    ) throws {
      let index = Int(random.next(3))
      switch fault {
      case .killOne:
        scorers[index].signal(SIGKILL)
        scorers[index].wait()
        scorers[index] = try stream.scorer(Self.names[index])
      case .killAll:
        for scorer in scorers { scorer.signal(SIGKILL) }
        for scorer in scorers { scorer.wait() }
        scorers = try Self.names.map { try stream.scorer($0) }
      case .standStill:
        scorers[index].signal(SIGSTOP)
        Thread.sleep(forTimeInterval: 8)
        scorers[index].signal(SIGCONT)
      case .brokerStandsStill:
        stream.broker?.signal(SIGSTOP)
        Thread.sleep(forTimeInterval: 8)
        stream.broker?.signal(SIGCONT)
      case .requestErrors:
        // Fetch, OffsetCommit, FindCoordinator, Heartbeat, each with errors of its own; for Produce see `writesFail`.
        for (key, codes) in [(1, "6 7"), (8, "16 14 7"), (10, "15 15"), (12, "16 15")] {
          stream.broker?.send("error \(key) \(codes)")
        }
      case .slowBroker:
        stream.broker?.send("rtt 300")
        Thread.sleep(forTimeInterval: 3)
        stream.broker?.send("rtt 0")
      case .connectionBreaks:
        stream.broker?.send("down")
        Thread.sleep(forTimeInterval: 1)
        stream.broker?.send("up")
      }
    }

    private func table(_ injected: [Fault: Int], _ events: Int, _ outcome: Drill.Comparison) -> String {
      var rows: [(String, String)] = Fault.allCases.compactMap { fault in
        injected[fault].map { (fault.rawValue, "\($0)") }
      }
      rows += [
        ("events in", "\(events)"), ("scored", "\(outcome.found.riskEvents.count)"),
        ("lost", "\(outcome.expected.riskEvents.subtracting(outcome.found.riskEvents).count)"),
        ("doubled", "\(outcome.found.riskEvents.subtracting(outcome.expected.riskEvents).count)"),
        ("written again with the same event_id", "\(outcome.found.riskRecords - outcome.found.riskEvents.count)"),
        ("states that differ", "\(outcome.differingStates)"),
        ("ledger entries that differ", "\(outcome.differingEntries)"),
        ("verify", outcome.verification),
      ]
      let width = rows.map(\.0.count).max() ?? 0
      return rows.map { "  \($0.0.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.1)" }
        .joined(separator: "\n")
    }
  }
}

/// Numbers that follow from a seed. Source: splitmix64 (Sebastiano Vigna, public domain).
private struct SeededNumbers {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  /// A number from 0 up to a limit.
  mutating func next(_ limit: Double) -> Double {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Double((mixed ^ (mixed >> 31)) >> 11) / 9_007_199_254_740_992 * limit
  }
}
