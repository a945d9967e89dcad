import Deals

/// The changes that an export implies for one deal.
struct DealLife {
  let changes: [DealChange]

  init(_ imported: ImportedDeal, stagePath: Bool) {
    let deal = imported.deal
    let end = deal.status.closedAt
    var changes: [DealChange] = []
    var open = deal
    open.status = .open
    if end != nil || stagePath { open.stage = .qualified }
    changes.append(Self.change(imported.id, .created, at: deal.createdAt, open))
    if stagePath { changes += Self.path(imported, through: open) }
    if let end { changes.append(Self.change(imported.id, .closed, at: end, deal)) }
    self.changes = changes
  }

  /// The stages up to the one that was reached, evenly between creation and close; of an open deal, a week apart.
  private static func path(_ imported: ImportedDeal, through start: Deal) -> [DealChange] {
    let deal = imported.deal
    // The last stage of a closed deal is entered by its close.
    let reached = deal.status.closedAt != nil && deal.stage == .closed ? Stage.negotiation : deal.stage
    let stages = Stage.allCases.filter { $0 > .qualified && $0 <= reached }
    let week = 7 * Timestamp.millisecondsPerDay
    var changes: [DealChange] = []
    var previous = Stage.qualified
    for (index, stage) in stages.enumerated() {
      let step: Int64
      if let end = deal.status.closedAt {
        step = (end.milliseconds - deal.createdAt.milliseconds) / Int64(stages.count + 1) * Int64(index + 1)
      } else {
        step = week * Int64(index + 1)
      }
      var open = start
      open.stage = stage
      var change = change(
        imported.id, .stageChanged, at: deal.createdAt.adding(milliseconds: step), open, previous: previous)
      change.isSynthetic = true
      changes.append(change)
      previous = stage
    }
    return changes
  }

  private static func change(
    _ id: DealID, _ kind: ChangeKind, at instant: Timestamp, _ deal: Deal, previous: Stage? = nil
  ) -> DealChange {
    let blank = EventID(high: 0, low: 0)
    var change = DealChange(
      eventID: blank, dealID: id, kind: kind, occurredAt: instant, previousStage: previous, deal: deal)
    // Derived from the content: a second import of the same file repeats the same events.
    var writer = JSONWriter()
    writer.change(change)
    var hash = IdentityHash()
    writer.bytes.withUnsafeBytes { hash.combine($0) }
    change.eventID = hash.finish()
    return change
  }
}
