import Deals
import Scoring

/// The real engine, put before one step of one deal at a time.
struct SingleDealEngine {
  private var engine: DealEngine
  private var output = EngineOutput()

  init(partition: Int32, settings: EngineSettings) {
    engine = DealEngine(partition: partition, settings: settings)
  }

  /// What a change makes of a deal: its state, its score, and whether the ledger says that it had an outcome before. No due
  /// date is honoured on the way.
  mutating func apply(
    _ change: DealChange, at offset: Int64, to state: DealState?, _ baselines: inout Baselines
  ) -> (state: DealState?, score: RiskEvent?, hadOutcome: Bool?) {
    prepare(change.dealID, state, ChangelogPosition(nextOffset: offset, streamTime: change.occurredAt))
    engine.apply(change, at: offset, &baselines, into: &output)
    let hadOutcome = output.entries.first?.isAboutKnownOutcome
    let (state, score) = finish(change.dealID)
    return (state, score, hadOutcome)
  }

  /// The score that a due date gives, with the source offset up to which changes had been applied.
  mutating func honour(
    _ due: Timestamp, of id: DealID, in state: DealState, after offset: Int64, _ baselines: inout Baselines
  ) -> RiskEvent? {
    let before = due.adding(milliseconds: -1)
    prepare(id, state, ChangelogPosition(nextOffset: offset + 1, streamTime: before))
    engine.advance(to: due, &baselines, into: &output)
    return finish(id).score
  }

  private mutating func prepare(_ id: DealID, _ state: DealState?, _ position: ChangelogPosition) {
    engine.restore(id, state)
    engine.restore(position)
    engine.finishRestoring()
  }

  /// Leaves the engine empty: its work for one deal costs nothing for the next.
  private mutating func finish(_ id: DealID) -> (state: DealState?, score: RiskEvent?) {
    let state = engine.state(of: id)
    let score = output.risks.first
    output.removeAll()
    engine.commit()
    engine.restore(id, nil)
    return (state, score)
  }
}
