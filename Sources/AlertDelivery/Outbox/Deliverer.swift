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
    var nextSlot = Timestamp(milliseconds: .min)
  }

  private let store: RouterStore
  private let receiver: Receiver
  private let policy: RetryPolicy
  private let random: @Sendable (ClosedRange<Int64>) -> Int64
  private let state = Mutex(State())

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
    guard isFree(at: now), let entry = try store.takeNext(receiver: receiver.settings.name, at: now) else {
      return .idle
    }
    FaultPoint.afterIntent.pass()
    do throws(DeliveryFailure) {
      let reference = try reference(for: entry)
      let answer = try receiver.send(entry, reference: reference, at: now)
      FaultPoint.afterSend.pass()
      try keep(answer, of: entry, at: now)
      state.withLock { $0.health.succeeded() }
      return .sent(id: entry.message.id)
    } catch {
      return try settle(entry, error, at: now)
    }
  }

  private func reference(for entry: OutboxEntry) throws(DeliveryFailure) -> String? {
    guard let key = entry.message.groupKey else { return nil }
    do { return try store.reference(groupKey: key, receiver: receiver.settings.name) } catch {
      throw .transient("\(error)")
    }
  }

  private func keep(_ answer: String?, of entry: OutboxEntry, at now: Timestamp) throws(DeliveryFailure) {
    do { try store.markSent(entry, reference: answer, at: now) } catch { throw .transient("\(error)") }
  }

  private func settle(
    _ entry: OutboxEntry, _ failure: DeliveryFailure, at now: Timestamp
  ) throws(StoreError) -> Step {
    let id = entry.message.id
    let wait: Int64
    switch failure {
    case .permanent:
      try store.markDead(entry, note: failure.description, at: now)
      return .dead(id: id, failure.description)
    case .rateLimited(let milliseconds):
      state.withLock { $0.health.asked(toWait: milliseconds, at: now) }
      wait = milliseconds
    case .transient:
      state.withLock { $0.health.failed(at: now) }
      guard entry.message.madeAt.adding(milliseconds: policy.maximumAge) > now else {
        try store.markDead(entry, note: failure.description, at: now)
        return .dead(id: id, failure.description)
      }
      wait = policy.delay(attempt: entry.attempts, random: random)
    }
    try store.markRetry(entry, notBefore: now.adding(milliseconds: wait), note: failure.description)
    return .failed(id: id, failure.description)
  }

  /// Whether the receiver may be sent something now. Slack takes one message a second.
  private func isFree(at now: Timestamp) -> Bool {
    state.withLock { state in
      guard state.health.pause(at: now) == nil, state.nextSlot <= now else { return false }
      if receiver.settings.transport.name == "slack" { state.nextSlot = now.adding(milliseconds: 1_000) }
      return true
    }
  }
}
