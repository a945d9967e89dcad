import Deals
import Foundation

/// What a store keeps of a pipeline: everything as values that can be encoded.
extension AlertPipeline {
  /// What changed since the last call.
  public mutating func takeChanges() -> PipelineChanges {
    defer { changes = PipelineChanges() }
    return changes
  }

  /// An open alert, nil where it is over.
  public func alert(_ fingerprint: Fingerprint) -> Alert? { open[fingerprint] }

  /// A group without its alerts, nil where there is none any more. What it knows of each alert is in the alert's state: a
  /// large group is not written anew with each alert that joins it.
  public func groupHeader(_ key: String) -> AlertGroup? {
    guard var group = groups[key] else { return nil }
    (group.alerts, group.said, group.heldBack) = ([:], [:], [:])
    return group
  }

  /// What a store keeps of an alert of this router, nil where it is over and that was said.
  public func keptState(_ fingerprint: Fingerprint) -> AlertState? {
    guard var state = state(of: fingerprint), state.alert != nil else { return nil }
    // Both have rows of their own.
    (state.memory, state.acknowledgement) = (nil, nil)
    return state
  }

  /// Budgets, calendar and gathered alerts as JSON.
  public func encodedLedger() throws -> Data { try JSONEncoder().encode(ledger) }

  /// Takes back budgets, calendar and gathered alerts.
  public mutating func restore(ledger data: Data) throws {
    ledger = try JSONDecoder().decode(PipelineLedger.self, from: data)
  }

  /// Takes back what is known of a fingerprint.
  public mutating func restore(_ fingerprint: Fingerprint, _ memory: AlertMemory) {
    deduplicator.restore(fingerprint, memory)
  }

  /// Takes in what is known of a fingerprint, for the store to keep.
  public mutating func remember(_ fingerprint: Fingerprint, _ memory: AlertMemory) {
    deduplicator.restore(fingerprint, memory)
    changes.memories.insert(fingerprint)
  }

  /// Takes back an alert with its places in groups, which come first.
  public mutating func restore(kept state: AlertState, _ fingerprint: Fingerprint) {
    guard let alert = state.alert else { return }
    if !alert.isResolved {
      open[fingerprint] = alert
      inhibitor.opened(alert.source, fingerprint)
    }
    for place in state.places {
      var group = groups.removeValue(forKey: place.groupKey) ?? AlertGroup(place, routes[place.routeID])
      group.alerts[fingerprint] = place.copy(of: alert)
      group.said[fingerprint] = place.word
      group.heldBack[fingerprint] = place.heldBack
      groups[group.key] = group
      groupKeys[fingerprint, default: []].insert(group.key)
    }
  }

  /// Takes back a group without its alerts, with the receiver that its route has now.
  public mutating func restore(header group: AlertGroup) {
    groups[group.key] = group
    if let route = routes[group.routeID] { groups[group.key]?.receiver = route.receiver }
  }

  /// Takes back an alert's place in a common message.
  public mutating func restore(binned fingerprint: Fingerprint, _ key: String) {
    ledger.bins[key]?.alerts.insert(fingerprint)
  }

  /// Takes back a silence.
  public mutating func restore(_ silence: Silence) { silencer.set(silence) }

  /// Takes back an acknowledgement.
  public mutating func restore(_ acknowledgement: Acknowledgement, _ fingerprint: Fingerprint) {
    acknowledgements[fingerprint] = acknowledgement
  }

  /// Forgets closed alerts that are older than the rules' retention.
  public mutating func forgetOld(at now: Timestamp) {
    forgetClosings(at: now)
    let forgotten = deduplicator.forget(before: now.adding(milliseconds: -rules.retention.value))
    changes.memories.formUnion(forgotten)
    changes.states.formUnion(forgotten)
  }

  /// A moment in the pipeline's life.
  public var mark: PipelineMark { PipelineMark(ledger: ledger) }

  /// Whether there is anything for a store to keep that was not there at a mark, apart from what is in `changes`.
  public func hasChanged(since mark: PipelineMark) -> Bool { changes != PipelineChanges() || ledger != mark.ledger }
}

/// A moment in a pipeline's life, to see later whether anything changed.
public struct PipelineMark: Sendable {
  let ledger: PipelineLedger
}
