import Deals
import Scoring
import Simulation

/// Encoded changes, and what the scorer writes for them: the load that every measured part shares.
struct BenchLoad {
  let keys: [[UInt8]]
  let changes: [[UInt8]]
  /// The risk records for each change, ledger entries among them.
  let outputs: [[[UInt8]]]
  /// The state record after each change.
  let states: [[UInt8]]

  init(events: Int) throws {
    var settings = SimulationSettings()
    settings.events = events
    settings.dealsPerDay = 200
    // Few closes: the embedded broker keeps 5 MiB of the ledger's one partition.
    settings.contactShare = 0.5
    var (keys, changes, outputs, states): ([[UInt8]], [[UInt8]], [[[UInt8]]], [[UInt8]]) = ([], [], [], [])
    var engine = DealEngine(partition: 0, settings: EngineSettings())
    var baselines = Baselines(model: WeightedModel.name)
    var output = EngineOutput()
    var writer = JSONWriter()
    var ledger: Int64 = 0
    for (offset, event) in DealSimulator(settings).enumerated() {
      guard case .change(let change) = event.content else { continue }
      writer.removeAll()
      writer.change(change)
      keys.append(Array(change.dealID.text.utf8))
      changes.append(writer.bytes)
      output.removeAll()
      engine.apply(change, at: Int64(offset), &baselines, into: &output)
      var records: [[UInt8]] = []
      for risk in output.risks {
        writer.removeAll()
        writer.riskEvent(risk)
        records.append(writer.bytes)
      }
      for entry in output.entries {
        writer.removeAll()
        writer.ledgerEntry(entry)
        records.append(writer.bytes)
        baselines.apply(entry, at: ledger)
        ledger += 1
      }
      outputs.append(records)
      writer.removeAll()
      if let state = engine.state(of: change.dealID) { writer.dealState(state) }
      states.append(writer.bytes)
    }
    (self.keys, self.changes, self.outputs, self.states) = (keys, changes, outputs, states)
  }
}
