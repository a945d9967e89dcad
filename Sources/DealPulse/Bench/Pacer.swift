import Deals
import Foundation
import Kafka
import Simulation
import Topics

/// New deals of the present at a steady rate, from a thread of its own.
final class Pacer {
  private let isOver = Gate()
  private let thread: DedicatedThread

  /// Begins to send; `limit` deals, or until it is stopped.
  init(_ client: ClientConfiguration, _ topics: TopicNames, perSecond rate: Int, limit: Int = .max) {
    let isOver = isOver
    thread = DedicatedThread(name: "bench-pacer") { try? Self.send(client, topics, rate, limit, isOver) }
  }

  /// Waits until everything is sent.
  func wait() { thread.join() }

  /// Sends no more.
  func stop() {
    isOver.open()
    thread.join()
  }

  private static func send(
    _ client: ClientConfiguration, _ topics: TopicNames, _ rate: Int, _ limit: Int, _ isOver: Gate
  ) throws {
    let sender = try ChangeSender(client, topic: topics.changes)
    let begun = ContinuousClock.now
    var number = 0
    while number < limit, !isOver.isOpen {
      // Several changes a millisecond: waiting in a loop for each would take a core from what is measured.
      let due = begun + .seconds(Double(number) / Double(rate))
      while ContinuousClock.now < due { DedicatedThread.pause(milliseconds: 1) }
      let now = Timestamp(milliseconds: Int64((Date().timeIntervalSince1970 * 1_000).rounded(.down)))
      if let id = DealID("P\(number)") {
        let change = DealChange(
          eventID: EventID(high: 2, low: UInt64(number)), dealID: id, kind: .created, occurredAt: now, deal: deal)
        try sender.send(SimulatedEvent(content: .change(change), time: now))
      }
      number += 1
    }
    try sender.finish()
  }

  private static let deal = Deal(
    createdAt: Timestamp(milliseconds: 1_700_000_000_000), stage: .demo,
    amount: Amount(units: 10_000, currency: .usd),
    descriptors: Descriptors(rep: "rep_1", industry: "SaaS", region: "Europe", leadSource: "Inbound"))
}
