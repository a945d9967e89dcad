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

  /// A group, nil where there is none any more.
  public func group(_ key: String) -> AlertGroup? { groups[key] }

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

  /// Takes back an open alert.
  public mutating func restore(_ alert: Alert) {
    open[alert.fingerprint] = alert
    inhibitor.opened(alert.source, alert.fingerprint)
  }

  /// Takes back a group.
  public mutating func restore(_ group: AlertGroup) {
    groups[group.key] = group
    for fingerprint in group.alerts.keys { groupKeys[fingerprint, default: []].insert(group.key) }
  }

  /// Takes back a silence.
  public mutating func restore(_ silence: Silence) { silencer.set(silence) }

  /// Takes back an acknowledgement.
  public mutating func restore(_ acknowledgement: Acknowledgement, _ fingerprint: Fingerprint) {
    acknowledgements[fingerprint] = acknowledgement
  }

  /// Forgets closed alerts that are older than the rules' retention.
  public mutating func forgetOld(at now: Timestamp) {
    changes.memories.formUnion(deduplicator.forget(before: now.adding(milliseconds: -rules.retention.value)))
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
