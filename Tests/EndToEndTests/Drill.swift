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
  private static let undisturbed = Mutex<StreamOutcome?>(nil)

  let stream: Stream
  private let events: [SimulatedEvent]
  private let flag: DoneFlag

  /// Begins to send the changes, spread over so many seconds, once the stream is prepared.
  init(
    events: [SimulatedEvent] = Drill.events, partitions: Int = 6, brokers: Int = 1, seconds: Double,
    prepare: (Stream) throws -> Void = { _ in }
  ) throws {
    let stream = try Stream(partitions: partitions, brokers: brokers)
    try prepare(stream)
    self.stream = stream
    self.events = events
    let (done, client, topic) = (DoneFlag(), stream.client, stream.topics.changes)
    flag = done
    Thread {
      do {
        try Stream.produce(events, client, topic, perSecond: Double(events.count) / seconds)
      } catch {
        done.fail("\(error)")
      }
      done.set()
    }.start()
  }

  /// Waits until a share of the changes has been scored and committed.
  func wait(untilScored share: Double) throws {
    let goal = Int64(share * Double(events.count))
    #expect(try eventually { try stream.committed() >= goal }, "\(share) of the changes are not scored")
  }

  /// Waits until everything is sent, scored and committed; false where that does not come about.
  func isScored() throws -> Bool { try eventually { try flag.isSet && stream.isProcessed() } }

  /// What the disturbed stream has come to, beside the other.
  struct Comparison {
    var expected: StreamOutcome
    var found: StreamOutcome
    /// What `deal-replay verify` says.
    var verification: String
    var isVerified: Bool
    /// Whether the cluster isolates transactions, so that nothing may be written twice.
    var isExactlyOnce: Bool

    var differingStates: Int {
      Set(expected.states.keys).union(found.states.keys).count { expected.states[$0] != found.states[$0] }
    }

    var differingEntries: Int {
      Set(expected.ledger.keys).union(found.ledger.keys).count { expected.ledger[$0] != found.ledger[$0] }
    }

    var isSame: Bool {
      found.riskEvents == expected.riskEvents && differingStates == 0 && differingEntries == 0
        && found.positions == expected.positions && found.deadLetters == expected.deadLetters && isVerified
        && (!isExactlyOnce || found.riskRecords == found.riskEvents.count)
    }
  }

  /// Waits until everything is sent and scored, ends the scorers, and compares.
  func expectSame(_ scorers: [Program], sourceLocation: SourceLocation = #_sourceLocation) throws {
    let outcome = try outcome(scorers, sourceLocation: sourceLocation)
    let (expected, found) = (outcome.expected, outcome.found)
    #expect(found.riskEvents == expected.riskEvents, sourceLocation: sourceLocation)
    #expect(outcome.differingStates == 0, sourceLocation: sourceLocation)
    #expect(found.positions == expected.positions, sourceLocation: sourceLocation)
    #expect(outcome.differingEntries == 0, sourceLocation: sourceLocation)
    #expect(found.deadLetters == expected.deadLetters, sourceLocation: sourceLocation)
    #expect(outcome.isVerified, "\(outcome.verification)", sourceLocation: sourceLocation)
    #expect(outcome.isSame, "a score was published twice", sourceLocation: sourceLocation)
  }

  func outcome(_ scorers: [Program], sourceLocation: SourceLocation = #_sourceLocation) throws -> Comparison {
    #expect(eventually { flag.isSet }, sourceLocation: sourceLocation)
    #expect(flag.failure == nil, "the test itself could not send every change", sourceLocation: sourceLocation)
    #expect(
      try eventually { try stream.isProcessed() }, "\(scorers.map { $0.output.suffix(2_000) })",
      sourceLocation: sourceLocation)
    for scorer in scorers { scorer.terminate() }
    for scorer in scorers {
      #expect(scorer.wait() == 0, "\(scorer.output.suffix(2_000))", sourceLocation: sourceLocation)
    }
    let once = stream.broker == nil ? ["--exactly-once"] : []
    let verified = try Program.run("deal-replay", ["verify"] + once + stream.options)
    return Comparison(
      expected: try Self.calm(events, partitions: stream.partitions), found: try StreamOutcome(of: stream),
      verification: verified.output.split(separator: "\n").prefix(6).joined(separator: "; "),
      isVerified: verified.status == 0, isExactlyOnce: stream.broker == nil)
  }

  /// What one scorer that nobody disturbs makes of the same changes; of the usual ones computed once.
  private static func calm(_ events: [SimulatedEvent], partitions: Int) throws -> StreamOutcome {
    try undisturbed.withLock { known in
      let isUsual = events.count == Self.events.count
      if isUsual, let known { return known }
      let stream = try Stream(partitions: partitions)
      try stream.produce(events)
      let scorer = try stream.scorer()
      #expect(try eventually { try stream.isProcessed() })
      scorer.terminate()
      #expect(scorer.wait() == 0)
      let outcome = try StreamOutcome(of: stream)
      if isUsual { known = outcome }
      return outcome
    }
  }
}

private final class DoneFlag: Sendable {
  private let done = Mutex((isSet: false, failure: String?.none))
  var isSet: Bool { done.withLock { $0.isSet } }
  var failure: String? { done.withLock { $0.failure } }
  func set() { done.withLock { $0.isSet = true } }
  func fail(_ text: String) { done.withLock { $0.failure = text } }
}
