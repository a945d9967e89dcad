import Deals
import Foundation
import Simulation
import Testing

private let minutes = ProcessInfo.processInfo.environment["DEALPULSE_CHAOS_MINUTES"].flatMap { Double($0) }

extension EndToEnd {
  /// `make chaos`: four scorers, every fault mixed, for as long as is asked. They come in rounds, each once in a round. Their
  /// order follows from the seed, the instants at which they fall do not.
  ///
  /// The log of one of the scorers is on a full disk. Another one is within this process: its producer's queue is always full,
  /// and its clock is ours.
  @Suite(.serialized, .enabled(if: minutes != nil, "run by `make chaos`")) struct ChaosTests {
    private enum Fault: String, CaseIterable {
      case killOne = "one scorer killed"
      case killAll = "all scorers killed"
      case stopOne = "a scorer ended and started again"
      case standStill = "a scorer stood still for 8 s"
      case slowStep = "a step took longer than max.poll.interval"
      case clockJumps = "a clock set back by an hour, or forward"
      case brokerStandsStill = "the broker stood still for 8 s"
      case requestErrors = "requests failed"
      case slowBroker = "slow answers for 3 s"
      case connectionBreaks = "connections broken"
      case coordinatorMoves = "the group's coordinator moved"
      case leadersMove = "leaders moved"

      var needsEmbeddedBroker: Bool {
        switch self {
        case .killOne, .killAll, .stopOne, .standStill, .slowStep, .clockJumps: false
        case .brokerStandsStill, .requestErrors, .slowBroker, .connectionBreaks, .coordinatorMoves, .leadersMove: true
        }
      }
    }

    private static let brokers = 3

    /// What the faults fall on.
    private final class Stage {
      static let names = ["a", "b", "c"]
      let stream: Stream
      let clock = TestClock()
      let inside: InsideScorer
      var scorers: [Program] = []

      init(_ stream: Stream) throws {
        self.stream = stream
        inside = InsideScorer(
          stream, clock: clock,
          properties: [
            "queue.buffering.max.messages": "20", "session.timeout.ms": "6000", "max.poll.interval.ms": "6000",
          ])
        scorers = try Self.names.indices.map { try start($0) }
      }

      func start(_ index: Int) throws -> Program {
        try stream.scorer(Self.names[index], device: index == 2 ? "/dev/full" : nil)
      }
    }

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

    /// The simulated events, and between them some that are larger than a scorer reads, or whose score would fit no message.
    private func events(_ count: Int, seed: UInt64) -> [SimulatedEvent] {
      var events = Array(DealSimulator(settings(events: count, seed: seed)))
      let text = String(repeating: "t", count: 1_010_000)
      let step = max(1, events.count / 12)
      for (number, place) in stride(from: step, to: events.count, by: step).enumerated() {
        let size = number.isMultiple(of: 2) ? 1_010_000 : 900_000
        let change = """
          {"event_id":"large-\(number)","deal_id":"large-\(number)","change":"created","occurred_at":"2024-01-01T00:00:00Z",\
          "deal":{"created_at":"2024-01-01T00:00:00Z","stage":"Demo","amount":10,"currency":"USD","outcome":null,\
          "rep_id":"\(text.prefix(size))"}}
          """
        let content = SimulatedEvent.Content.malformed(Array(change.utf8), key: "large-\(number)")
        events.insert(SimulatedEvent(content: content, time: events[place].time), at: place)
      }
      return events
    }

    @Test("every fault mixed loses nothing, doubles nothing, and leaves every score exact") func mixed() throws {
      let minutes = try #require(minutes)
      let seed = ProcessInfo.processInfo.environment["DEALPULSE_CHAOS_SEED"].flatMap { UInt64($0) } ?? 1
      let events = events(min(200_000, Int(minutes * 20_000)), seed: seed)
      print("chaos: seed \(seed), \(events.count) events over \(minutes) minutes")
      let drill = try Drill(events: events, partitions: 32, brokers: Self.brokers, seconds: minutes * 60)
      let stage = try Stage(drill.stream)
      var round: [Fault] = []
      var random = SeededNumbers(seed: seed)
      var injected: [Fault: Int] = [:]
      let end = Date().addingTimeInterval(minutes * 60)
      while Date() < end {
        // Time between two faults, so that the stream is scored in between; part of the load, not a wait for a result.
        Thread.sleep(forTimeInterval: 4 + random.next(6))
        if round.isEmpty { round = Fault.allCases.filter { drill.stream.broker != nil || !$0.needsEmbeddedBroker } }
        let fault = round.remove(at: random.next(round.count))
        injected[fault, default: 0] += 1
        try inject(fault, stage, &random)
      }
      #expect(try drill.isScored())
      try stage.inside.stop()
      let outcome = try drill.outcome(stage.scorers)
      print(table(injected, events.count, outcome))
      #expect(outcome.isSame)
    }

    private func inject(_ fault: Fault, _ stage: Stage, _ random: inout SeededNumbers) throws {
      let index = random.next(3)
      switch fault {
      case .killOne, .stopOne:
        stage.scorers[index].signal(fault == .killOne ? SIGKILL : SIGTERM)
        stage.scorers[index].wait()
        stage.scorers[index] = try stage.start(index)
      case .killAll:
        for scorer in stage.scorers { scorer.signal(SIGKILL) }
        for scorer in stage.scorers { scorer.wait() }
        stage.scorers = try stage.scorers.indices.map { try stage.start($0) }
      case .standStill:
        stage.scorers[index].signal(SIGSTOP)
        Thread.sleep(forTimeInterval: 8)
        stage.scorers[index].signal(SIGCONT)
      case .slowStep:
        stage.clock.stop()
        Thread.sleep(forTimeInterval: 8)
        stage.clock.goOn()
      case .clockJumps: stage.clock.jump(milliseconds: index == 0 ? 3_600_000 : -3_600_000)
      default: command(fault, stage.stream, &random)
      }
    }

    /// What only the embedded broker can be told.
    private func command(_ fault: Fault, _ stream: Stream, _ random: inout SeededNumbers) {
      guard let broker = stream.broker else { return }
      switch fault {
      case .brokerStandsStill:
        broker.signal(SIGSTOP)
        Thread.sleep(forTimeInterval: 8)
        broker.signal(SIGCONT)
      case .requestErrors:
        // Fetch, OffsetCommit, FindCoordinator, JoinGroup, Heartbeat, SyncGroup, each with errors of its own. Errors of Produce
        // are left to `writesFail`: they would fall on clients that have several requests under way.
        for (key, codes) in [(1, "6 7"), (8, "16 14 7"), (10, "15 15"), (11, "16"), (12, "16 15"), (14, "27")] {
          broker.send("error \(key) \(codes)")
        }
      case .slowBroker:
        broker.send("rtt 300")
        Thread.sleep(forTimeInterval: 3)
        broker.send("rtt 0")
      case .connectionBreaks:
        broker.send("down")
        Thread.sleep(forTimeInterval: 1)
        broker.send("up")
      case .coordinatorMoves: broker.send("coordinator \(stream.group) \(1 + random.next(Self.brokers))")
      case .leadersMove:
        let twins = [stream.topics.changes, stream.topics.state, stream.topics.risk]
        for topic in twins {
          broker.send("leader \(topic) \(random.next(stream.partitions)) \(1 + random.next(Self.brokers))")
        }
        for topic in [stream.topics.outcomes, stream.topics.deadLetter] {
          broker.send("leader \(topic) 0 \(1 + random.next(Self.brokers))")
        }
      default: return
      }
    }

    private func table(_ injected: [Fault: Int], _ events: Int, _ outcome: Drill.Comparison) -> String {
      var rows: [(String, String)] = Fault.allCases.compactMap { fault in
        injected[fault].map { (fault.rawValue, "\($0)") }
      }
      rows += [
        ("events in", "\(events)"), ("scored", "\(outcome.found.riskEvents.count)"),
        ("dead letters", "\(outcome.found.deadLetters.count)"),
        ("lost", "\(outcome.expected.riskEvents.subtracting(outcome.found.riskEvents).count)"),
        ("doubled", "\(outcome.found.riskEvents.subtracting(outcome.expected.riskEvents).count)"),
        ("written again with the same event_id", "\(outcome.found.riskRecords - outcome.found.riskEvents.count)"),
        ("states that differ", "\(outcome.differingStates)"),
        ("ledger entries that differ", "\(outcome.differingEntries)"),
        (
          "dead letters that differ",
          "\(outcome.expected.deadLetters.symmetricDifference(outcome.found.deadLetters).count)"
        ),
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

  /// A whole number from 0 up to a limit that is not reached.
  mutating func next(_ limit: Int) -> Int { Int(next(Double(limit))) }
}
