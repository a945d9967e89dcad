import Deals
import Scoring
import Trends

/// The trend engine beside a history: what a live trend processor would have told of its outcomes and scores.
struct LiveTrends {
  /// The engine, with all that it has taken in.
  private(set) var engine: TrendEngine
  /// What it has told.
  private(set) var shifts: [TrendShift] = []

  /// One that has seen nothing.
  init(_ settings: TrendSettings) { engine = TrendEngine(settings: settings) }

  /// Takes in what was published for a change, in the processor's order: what deals.risk said until then, and then the
  /// outcome.
  mutating func take(_ change: DealChange, _ output: EngineOutput) {
    for risk in output.risks { engine.observe(PipelineScore(risk)) }
    // The scorer puts a tombstone into deals.risk.
    if change.kind == .deleted { engine.forget(change.dealID) }
    for entry in output.entries { shifts += engine.apply(entry, at: engine.offset) }
  }
}
