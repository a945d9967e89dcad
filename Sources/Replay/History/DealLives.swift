import Deals
import Scoring

/// What became of each deal of a history, and the ledger that the history wrote.
public struct DealLives: Sendable {
  /// One deal at its last moment: when it closed, or the end of the history where it is open.
  public struct Life: Sendable {
    /// Which deal.
    public var id: DealID
    /// Its state at the end of the history.
    public var state: DealState
    /// The moment for which it is scored: nothing from this instant on may be known.
    public var lastMoment: Timestamp

    /// What a model sees at that moment.
    public var features: DealFeatures { DealFeatures(state, at: lastMoment) }
  }

  /// The deals that were not deleted, in the order of the input.
  public let lives: [Life]
  /// What the engine wrote to the ledger, in the order of event time.
  public let ledger: [LedgerEntry]
  /// The scores that rose into a higher tier than the deal's score before, in the order of event time.
  public let escalations: [Escalation]
  /// How many deals the CRM had deleted by the end.
  public let deletedDeals: Int
  /// How many deals changed after their close: were amended, reopened or deleted.
  public let changedAfterClose: Int
  /// The baselines that the whole ledger adds up to, for the model that the engine ran with.
  let finalBaselines: Baselines
  /// What the engine counted on the way: late and repeated changes among them.
  public let counters: EngineCounters

  /// Runs the engine over a history.
  ///
  /// - Parameter observe: Is handed each change, in the order of event time, and what a scorer would have published for it.
  ///   The scores are without words.
  public init(
    _ history: DealHistory, settings: EngineSettings = EngineSettings(),
    observe: (DealChange, EngineOutput) -> Void = { _, _ in }
  ) {
    let run = Self.run(history, settings, observe)
    let end = history.end ?? Timestamp(milliseconds: 0)
    let closings = Self.closings(run.ledger)
    var lives: [Life] = []
    var deleted = 0
    for id in history.deals {
      guard let state = run.engine.state(of: id) else { continue }
      if state.isDeleted {
        deleted += 1
        continue
      }
      // A CRM may date a close into the future of its report: what counts is when the outcome could first be known.
      let known = state.status.closedAt.map { min($0, closings[id] ?? $0) }
      lives.append(Life(id: id, state: state, lastMoment: known ?? end))
    }
    self.lives = lives
    self.ledger = run.ledger
    self.escalations = run.escalations
    self.deletedDeals = deleted
    self.changedAfterClose = run.changedAfterClose
    self.finalBaselines = run.baselines
    self.counters = run.engine.counters
  }

  private static func run(
    _ history: DealHistory, _ settings: EngineSettings, _ observe: (DealChange, EngineOutput) -> Void
  ) -> (
    engine: DealEngine, baselines: Baselines, ledger: [LedgerEntry], escalations: [Escalation], changedAfterClose: Int
  ) {
    var settings = settings
    // A history is asked about all of its deals at its end, so none may be forgotten on the way.
    settings.closedRetentionDays = 366 * 1_000
    // The words of these scores are not read.
    settings.writesWords = false
    var engine = DealEngine(partition: 0, settings: settings, canRollBack: false)
    var baselines = Baselines(model: settings.model.id)
    var output = EngineOutput()
    var ledger: [LedgerEntry] = []
    var escalations: [Escalation] = []
    var changedAfterClose: Set<DealID> = []
    // By index, all of them: a copy of each would count all that it holds up and down.
    for offset in history.changes.indices {
      engine.apply(history.changes[offset], at: Int64(offset), &baselines, into: &output)
      for index in output.entries.indices {
        baselines.apply(output.entries[index], at: Int64(ledger.count))
        ledger.append(output.entries[index])
        if output.entries[index].isAboutKnownOutcome { changedAfterClose.insert(output.entries[index].dealID) }
      }
      for index in output.risks.indices {
        if let escalation = Escalation(output.risks[index]) { escalations.append(escalation) }
      }
      observe(history.changes[offset], output)
      output.removeAll()
      if offset & 0xFFF == 0xFFF { engine.commit() }
    }
    engine.commit()
    return (engine, baselines, ledger, escalations, changedAfterClose.count)
  }

  /// Deals whose amount counts as none, as there is no rate for its currency.
  var unknownCurrencies: Int { lives.count { $0.state.flags.contains(.unknownCurrency) } }

  /// When the ledger first said that a deal is closed, since it was last open; only where that is before the close itself.
  private static func closings(_ ledger: [LedgerEntry]) -> [DealID: Timestamp] {
    var closings: [DealID: Timestamp] = [:]
    for entry in ledger {
      switch entry.content {
      case .adds(let deal) where entry.occurredAt < deal.closedAt: closings[entry.dealID] = entry.occurredAt
      case .adds, .retracts: if !closings.isEmpty { closings[entry.dealID] = nil }
      case .amends: break
      }
    }
    return closings
  }
}

extension LedgerEntry {
  /// Whether the deal had an outcome before.
  var isAboutKnownOutcome: Bool {
    switch content {
    case .adds: false
    case .retracts, .amends: true
    }
  }
}
