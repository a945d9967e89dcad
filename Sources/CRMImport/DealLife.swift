import Deals

/// The changes that an export implies for one deal.
struct DealLife {
  let changes: [DealChange]

  /// - Parameter stagePath: Lays out the stages that a closed deal passed through. An open deal has no such path: when it
  ///   entered its stages is not known, and a guess between its creation and now would be another with each later export,
  ///   so that the deal went back and forth in the funnel.
  init(_ imported: ImportedDeal, stagePath: Bool) {
    let deal = imported.deal
    var open = deal
    open.status = .open
    guard let end = deal.status.closedAt else {
      changes = [Self.change(imported.id, .created, at: deal.createdAt, open)]
      return
    }
    open.stage = .qualified
    var changes = [Self.change(imported.id, .created, at: deal.createdAt, open)]
    if stagePath { changes += Self.path(imported, through: open, until: end) }
    changes.append(Self.change(imported.id, .closed, at: end, deal))
    self.changes = changes
  }

  /// The stages up to the one that was reached, evenly between creation and close.
  private static func path(_ imported: ImportedDeal, through start: Deal, until end: Timestamp) -> [DealChange] {
    let deal = imported.deal
    // The last stage of a closed deal is entered by its close.
    let reached = deal.stage == .closed ? Stage.negotiation : deal.stage
    let stages = Stage.allCases.filter { $0 > .qualified && $0 <= reached }
    let step = (end.milliseconds - deal.createdAt.milliseconds) / Int64(stages.count + 1)
    var changes: [DealChange] = []
    var previous = Stage.qualified
    for (index, stage) in stages.enumerated() {
      var open = start
      open.stage = stage
      let instant = deal.createdAt.adding(milliseconds: step * Int64(index + 1))
      var change = change(imported.id, .stageChanged, at: instant, open, previous: previous)
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
