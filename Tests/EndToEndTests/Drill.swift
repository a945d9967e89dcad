import Deals
import Foundation
import Simulation
import Synchronization
import Testing

/// A stream that is disturbed while it is scored, held against one that never was.
///
/// The changes come over some seconds, so that a fault falls into the middle. What must be the same afterwards: states,
/// positions, ledger, dead letters and the set of risk events; and every published score must be exact.
final class Drill {
  /// 5% of the events come late, within a deal too, and 5% twice; some can't be read.
  static let events: [SimulatedEvent] = {
    var settings = SimulationSettings()
    settings.seed = 7
    settings.events = 10_000
    settings.dealsPerDay = 60
    // The embedded broker keeps 5 MiB of a partition, and the ledger has one.
    settings.contactShare = 0.8
    settings.lateShare = 0.05
    settings.duplicateShare = 0.05
    settings.malformedShare = 0.002
    return Array(DealSimulator(settings))
  }()
  private static let partitions = 6
  private static let undisturbed = Mutex<StreamOutcome?>(nil)

  let stream: Stream
  private let flag: DoneFlag

  /// Begins to send the changes, spread over so many seconds.
  init(seconds: Double) throws {
    let stream = try Stream(partitions: Self.partitions)
    self.stream = stream
    let (done, client, topic) = (DoneFlag(), stream.client, stream.topics.changes)
    flag = done
    Thread {
      try? Stream.produce(Self.events, client, topic, perSecond: Double(Self.events.count) / seconds)
      done.set()
    }.start()
  }

  /// Waits until a share of the changes has been scored and committed.
  func wait(untilScored share: Double) throws {
    let goal = Int64(share * Double(Self.events.count))
    #expect(try eventually { try stream.committed() >= goal }, "\(share) of the changes are not scored")
  }

  /// Waits until everything is sent and scored, ends the scorers, and compares.
  func expectSame(_ scorers: [Program], sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(eventually { flag.isSet }, sourceLocation: sourceLocation)
    #expect(
      try eventually { try stream.isProcessed() }, "\(scorers.map { $0.output.suffix(2_000) })",
      sourceLocation: sourceLocation)
    for scorer in scorers { scorer.signal(SIGTERM) }
    for scorer in scorers {
      #expect(scorer.wait() == 0, "\(scorer.output.suffix(2_000))", sourceLocation: sourceLocation)
    }
    let (expected, found) = (try Self.calm(), try StreamOutcome(of: stream))
    #expect(found.riskEvents == expected.riskEvents, sourceLocation: sourceLocation)
    #expect(found.states == expected.states, sourceLocation: sourceLocation)
    #expect(found.positions == expected.positions, sourceLocation: sourceLocation)
    #expect(found.ledger == expected.ledger, sourceLocation: sourceLocation)
    #expect(found.deadLetters == expected.deadLetters, sourceLocation: sourceLocation)
    let verified = try Program.run("deal-replay", ["verify"] + stream.options)
    #expect(verified.status == 0, "\(verified.output)", sourceLocation: sourceLocation)
    // On a cluster that isolates transactions nothing is written twice; the embedded broker does not.
    if stream.broker == nil {
      #expect(
        found.riskRecords == found.riskEvents.count, "a score was published twice", sourceLocation: sourceLocation)
    }
  }

  /// What one scorer that nobody disturbs makes of the same changes; computed once.
  private static func calm() throws -> StreamOutcome {
    try undisturbed.withLock { known in
      if let known { return known }
      let stream = try Stream(partitions: partitions)
      try stream.produce(events)
      let scorer = try stream.scorer()
      #expect(try eventually { try stream.isProcessed() })
      scorer.signal(SIGTERM)
      #expect(scorer.wait() == 0)
      let outcome = try StreamOutcome(of: stream)
      known = outcome
      return outcome
    }
  }
}

private final class DoneFlag: Sendable {
  private let done = Mutex(false)
  var isSet: Bool { done.withLock { $0 } }
  func set() { done.withLock { $0 = true } }
}
