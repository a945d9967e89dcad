import Deals

/// What routers of a group tell each other, by way of the compacted topic `alerts.state`: the newest of each key holds.
public enum SharedRecord: Hashable, Sendable {
  /// An alert.
  case alert(Fingerprint, AlertState)
  /// A silence, in force or expired: it holds in every router.
  case silence(Silence)
  /// Somebody has seen the alert of a subject that another router speaks of.
  case acknowledgement(subject: String, Acknowledgement)
  /// A report that digests carry: whoever makes them next needs it too.
  case report(ReportNote)
  /// Which digests were sent.
  case calendar(DigestCalendar)
  /// How many messages people had from one router.
  case budget(BudgetBook)

  /// The record's key. Budgets are each router's own.
  public func key(writer: String) -> String {
    switch self {
    case .alert(let fingerprint, _): fingerprint.text
    case .silence(let silence): "silence/\(silence.id)"
    case .acknowledgement(let subject, _): "acknowledgement/\(subject)"
    case .report(let note): note.key
    case .calendar: "calendar"
    case .budget: "budget/\(writer)"
    }
  }
}

extension AlertPipeline {
  /// What other routers have to know of a commit's changes, in no order.
  ///
  /// - Parameter mark: The pipeline before the changes.
  /// - Returns: Records, and the fingerprints of which there is nothing to know any more.
  public mutating func takeShared(
    _ states: Set<Fingerprint>, since mark: PipelineMark
  ) -> (records: [SharedRecord], forgotten: [Fingerprint]) {
    var records = newWords
    var forgotten: [Fingerprint] = []
    newWords = []
    for fingerprint in states {
      // What was just given away is told as it was put aside.
      if let state = elsewhere[fingerprint] ?? stateToTell(fingerprint) {
        records.append(.alert(fingerprint, state))
      } else {
        forgotten.append(fingerprint)
      }
    }
    if ledger.calendar != mark.ledger.calendar { records.append(.calendar(ledger.calendar)) }
    if ledger.budget != mark.ledger.budget { records.append(.budget(ledger.budget)) }
    return (records, forgotten)
  }

  /// What a router that starts tells again, since it may have died before it could: what no alert and no command bears.
  public var standingWords: [SharedRecord] {
    [.calendar(ledger.calendar), .budget(ledger.budget)] + ledger.reports.values.map(SharedRecord.report)
  }

  /// Takes in what another router has told. Its openings count among those of a volume spike, which the leader may find here.
  public mutating func learn(_ record: SharedRecord, from writer: String, at now: Timestamp) -> [Decision] {
    switch record {
    case .alert(let fingerprint, let state): return learn(state, of: fingerprint, at: now)
    case .silence(let silence):
      silencer.set(silence)
      changes.silences = true
    case .acknowledgement(let subject, let word): _ = take(word, of: subject)
    case .report(let note): keep(note)
    case .calendar(let calendar): ledger.calendar.merge(calendar)
    case .budget(let book): ledger.budgetsElsewhere[writer] = book
    }
    return []
  }

  private mutating func learn(_ state: AlertState, of fingerprint: Fingerprint, at now: Timestamp) -> [Decision] {
    // Its partition is ours: we know better.
    if open[fingerprint] != nil || groupKeys[fingerprint] != nil { return [] }
    if let origin = state.origin, isOwned(origin) { return [] }
    let before = elsewhere[fingerprint]?.openAlert
    changes.elsewhere.insert(fingerprint)
    if let alert = state.openAlert {
      inhibitor.opened(alert.source, fingerprint)
      elsewhere[fingerprint] = state
      return before == nil ? noticeSpike(alert.source, at: now) : []
    } else {
      inhibitor.closed(fingerprint)
      if let before { ledger.noteResolved(before, at: now) }
    }
    guard state.alert == nil else {
      elsewhere[fingerprint] = state
      return []
    }
    elsewhere[fingerprint] = nil
    guard let memory = state.memory else { return [] }
    deduplicator.restore(fingerprint, memory)
    changes.memories.insert(fingerprint)
    return []
  }
}
