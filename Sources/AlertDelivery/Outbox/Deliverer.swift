import Alerts
import Deals
import Foundation
import Synchronization

/// Takes messages for one receiver out of the outbox, one after the other. Several threads may share one.
public final class Deliverer: Sendable {
  /// What a step came to.
  public enum Step: Hashable, Sendable {
    /// A message was acknowledged.
    case sent(id: String)
    /// A message failed, and is tried again.
    case failed(id: String, String)
    /// A message was given up.
    case dead(id: String, String)
    /// Nothing is due, or the receiver is left alone for a time.
    case idle
  }

  private struct State: Sendable {
    var health = ReceiverHealth()
    /// From when on each channel may be written to again.
    var nextSlots: [String: Timestamp] = [:]
    /// What came of messages and is not in the store, mostly because it could not be written: it must learn of them before
    /// all else.
    var unrecorded: [Outcome] = []
  }

  /// What came of a message.
  private struct Outcome: Sendable {
    enum Kind: Sendable {
      case sent(reference: String?)
      case failed(notBefore: Timestamp, note: String)
      case dead(note: String)
    }

    var entry: OutboxEntry
    var kind: Kind
    var at: Timestamp
  }

  private let store: RouterStore
  private let receiver: Receiver
  private let policy: RetryPolicy
  private let random: @Sendable (ClosedRange<Int64>) -> Int64
  private let state = Mutex(State())
  private let taking = Mutex(())

  /// A deliverer.
  public init(
    _ store: RouterStore, _ receiver: Receiver, policy: RetryPolicy = RetryPolicy(),
    random: @escaping @Sendable (ClosedRange<Int64>) -> Int64 = { Int64.random(in: $0) }
  ) {
    self.store = store
    self.receiver = receiver
    self.policy = policy
    self.random = random
  }

  /// Delivers the next message, if one is due: intent, send, result.
  public func step(at now: Timestamp) throws(StoreError) -> Step {
    try recordPending()
    guard let entry = try take(at: now) else { return .idle }
    FaultPoint.afterIntent.pass()
    do throws(DeliveryFailure) {
      let reference = try reference(for: entry)
      let answer = try receiver.send(entry, reference: reference, at: now)
      FaultPoint.afterSend.pass()
      state.withLock { state in
        state.health.succeeded()
        state.unrecorded.append(Outcome(entry: entry, kind: .sent(reference: answer), at: now))
      }
    } catch {
      return try settle(entry, error, at: now)
    }
    try recordPending()
    return .sent(id: entry.message.id)
  }

  /// Writes down what came of messages while the store could not be written; after it this deliverer is needed no more.
  public func finish() throws(StoreError) { try recordPending() }

  /// One thread at a time: two must not find the same channel free.
  private func take(at now: Timestamp) throws(StoreError) -> OutboxEntry? {
    try taking.withLock { _ throws(StoreError) in
      guard let busy = busyChannels(at: now),
        let entry = try store.takeNext(receiver: receiver.settings.name, at: now, busy: busy)
      else { return nil }
      occupy(entry, at: now)
      return entry
    }
  }

  /// After a clock was set back: pauses that were set by it are over.
  public func clockWasSetBack() {
    state.withLock { state in
      state.health = ReceiverHealth()
      state.nextSlots = [:]
    }
  }

  private func recordPending() throws(StoreError) {
    while let next = state.withLock({ $0.unrecorded.isEmpty ? nil : $0.unrecorded.removeFirst() }) {
      do throws(StoreError) { try record(next) } catch {
        state.withLock { $0.unrecorded.insert(next, at: 0) }
        throw error
      }
    }
  }

  private func record(_ outcome: Outcome) throws(StoreError) {
    switch outcome.kind {
    case .sent(let reference): try store.markSent(outcome.entry, reference: reference, at: outcome.at)
    case .failed(let notBefore, let note):
      try store.markRetry(outcome.entry, notBefore: notBefore, note: note, at: outcome.at)
    case .dead(let note): try store.markDead(outcome.entry, note: note, at: outcome.at)
    }
  }

  private func reference(for entry: OutboxEntry) throws(DeliveryFailure) -> String? {
    do { return try store.reference(toReplaceBy: entry.message) } catch {
      throw .transient("\(error)")
    }
  }

  private func settle(
    _ entry: OutboxEntry, _ failure: DeliveryFailure, at now: Timestamp
  ) throws(StoreError) -> Step {
    let id = entry.message.id
    var entry = entry
    if case .uncertain = failure { entry.isPossibleRepeat = true }
    guard let wait = wait(after: failure, of: entry, at: now) else {
      state.withLock {
        $0.unrecorded.append(Outcome(entry: entry, kind: .dead(note: failure.description), at: now))
      }
      try recordPending()
      return .dead(id: id, failure.description)
    }
    let kind = Outcome.Kind.failed(notBefore: now.adding(milliseconds: wait), note: failure.description)
    state.withLock { $0.unrecorded.append(Outcome(entry: entry, kind: kind, at: now)) }
    try recordPending()
    return .failed(id: id, failure.description)
  }

  /// Milliseconds until the next try, nil where the message is given up.
  private func wait(after failure: DeliveryFailure, of entry: OutboxEntry, at now: Timestamp) -> Int64? {
    switch failure {
    case .permanent: return nil
    case .rateLimited(let milliseconds):
      state.withLock { $0.health.asked(toWait: milliseconds, at: now) }
      return milliseconds
    case .transient, .uncertain:
      state.withLock { $0.health.failed(at: now) }
      guard entry.since.adding(milliseconds: policy.maximumAge) > now else { return nil }
      return policy.delay(attempt: entry.attempts, random: random)
    }
  }

  private var isSlack: Bool { receiver.settings.transport.name == "slack" }

  /// The channels that must not be written to now; nil where the receiver is left alone altogether. Slack takes one message
  /// a second in each channel.
  private func busyChannels(at now: Timestamp) -> Set<String>? {
    state.withLock { state in
      guard state.health.pause(at: now) == nil else { return nil }
      state.nextSlots = state.nextSlots.filter { $0.value > now }
      // An incoming webhook is one channel, whomever a message is for.
      if case .slackWebhook = receiver.settings.transport, !state.nextSlots.isEmpty { return nil }
      return Set(state.nextSlots.keys)
    }
  }

  private func occupy(_ entry: OutboxEntry, at now: Timestamp) {
    guard isSlack else { return }
    let channel = entry.message.recipient?.slackID ?? ""
    state.withLock { $0.nextSlots[channel] = now.adding(milliseconds: 1_000) }
  }
}
