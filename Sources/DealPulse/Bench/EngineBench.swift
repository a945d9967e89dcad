import Deals
import Foundation
import Scoring

/// Decode, apply, score, encode on one thread without a broker; beside it Foundation's decoder over the same bytes, and the
/// ledger and the changelog read back.
struct EngineBench {
  private let load: BenchLoad

  init(events: Int) throws { load = try BenchLoad(events: events) }

  func figures() throws -> [String: Double] {
    var figures: [String: Double] = [:]
    var (entries, states): ([[UInt8]], [(key: [UInt8], value: [UInt8])]) = ([], [])
    // The first run warms caches, fills the table of symbols, and keeps what it wrote for the figures below. Of five runs
    // in turn the fastest of each counts: what else the machine does slows one of them now and then.
    (_, entries, states) = try engine(keepsRecords: true)
    for _ in 0..<5 {
      let run = [
        "engine_eps": try engine(keepsRecords: false).0, "jsondecoder_eps": try jsonDecoder(),
        "ledger_eps": try ledger(entries), "restore_dps": try restore(states),
      ]
      figures.merge(run, uniquingKeysWith: max)
    }
    (figures["ledger_entries"], figures["ledger_entry_bytes"]) = (
      Double(entries.count), Double(entries.reduce(0) { $0 + $1.count }) / Double(entries.count)
    )
    figures["change_bytes"] = Double(load.changes.reduce(0) { $0 + $1.count }) / Double(load.changes.count)
    return figures
  }

  private func engine(keepsRecords: Bool) throws
    -> (Double, [[UInt8]], [(key: [UInt8], value: [UInt8])])
  {
    let decoder = ChangeDecoder()
    var engine = DealEngine(partition: 0, settings: EngineSettings())
    var baselines = Baselines(model: WeightedModel.name)
    var output = EngineOutput()
    var writer = JSONWriter()
    var entries: [[UInt8]] = []
    var ledger: Int64 = 0
    let elapsed = try seconds {
      for (offset, bytes) in load.changes.enumerated() {
        let change = try bytes.withUnsafeBytes { try decoder.decode($0, now: nil) }
        engine.apply(change, at: Int64(offset), &baselines, into: &output)
        for index in output.risks.indices {
          writer.removeAll()
          writer.riskEvent(output.risks[index])
        }
        for entry in output.entries {
          writer.removeAll()
          writer.ledgerEntry(entry)
          if keepsRecords { entries.append(writer.bytes) }
          baselines.apply(entry, at: ledger)
          ledger += 1
        }
        output.removeAll()
        if offset % 2_000 == 0 { engine.commit() }
      }
    }
    var states: [(key: [UInt8], value: [UInt8])] = []
    engine.forEachDeal { id, state in
      guard keepsRecords else { return }
      writer.removeAll()
      writer.dealState(state)
      states.append((Array(id.text.utf8), writer.bytes))
    }
    return (Double(load.changes.count) / elapsed, entries, states)
  }

  private struct Change: Decodable {
    struct Deal: Decodable {
      struct Engagement: Decodable {
        var last_contact_at: String?
        var emails_30d: Int?
        var meetings_30d: Int?
        var stakeholders: Int?
      }
      var created_at: String
      var stage: String
      var amount: Double?
      var currency: String?
      var rep_id: String?
      var industry: String?
      var region: String?
      var product_type: String?
      var lead_source: String?
      var expected_close_at: String?
      var outcome: String?
      var closed_at: String?
      var loss_reason: String?
      var engagement: Engagement?
    }
    var event_id: String
    var deal_id: String
    var change: String
    var occurred_at: String
    var deal: Deal
  }

  private func jsonDecoder() throws -> Double {
    let decoder = JSONDecoder()
    let documents = load.changes.map { Data($0) }
    let elapsed = try seconds {
      for document in documents { _ = try decoder.decode(Change.self, from: document) }
    }
    return Double(documents.count) / elapsed
  }

  private func ledger(_ entries: [[UInt8]]) throws -> Double {
    let decoder = LedgerDecoder()
    var baselines = Baselines(model: WeightedModel.name)
    let elapsed = try seconds {
      for (offset, bytes) in entries.enumerated() {
        baselines.apply(try bytes.withUnsafeBytes { try decoder.decode($0) }, at: Int64(offset))
      }
    }
    return Double(entries.count) / elapsed
  }

  private func restore(_ states: [(key: [UInt8], value: [UInt8])]) throws -> Double {
    let decoder = StateDecoder()
    var engine = DealEngine(partition: 0, settings: EngineSettings())
    let elapsed = try seconds {
      for (key, value) in states {
        let record = try key.withUnsafeBytes { key in
          try value.withUnsafeBytes { try decoder.decode(key: key, value: $0) }
        }
        if case .deal(let id, let state) = record { engine.restore(id, state) }
      }
      engine.finishRestoring()
    }
    return Double(states.count) / elapsed
  }
}

/// What an open deal costs in memory, everything included: state, index, due date.
struct MemoryBench {
  let deals: Int

  func bytesPerDeal() throws -> Double {
    var engine = DealEngine(partition: 0, settings: EngineSettings())
    var baselines = Baselines(model: WeightedModel.name)
    var output = EngineOutput()
    let deal = Deal(
      createdAt: Timestamp(milliseconds: 1_700_000_000_000), stage: .demo,
      amount: Amount(units: 10_000, currency: .usd),
      descriptors: Descriptors(
        rep: "rep_1", industry: "SaaS", region: "Europe", productType: "Pro", leadSource: "Inbound"))
    let before = residentBytes()
    for number in 0..<deals {
      guard let id = DealID("D\(10_000_000 + number)") else { continue }
      let change = DealChange(
        eventID: EventID(high: 1, low: UInt64(number)), dealID: id, kind: .created, occurredAt: deal.createdAt,
        deal: deal)
      engine.apply(change, at: Int64(number), &baselines, into: &output)
      output.removeAll()
      if number % 2_000 == 0 { engine.commit() }
    }
    engine.commit()
    let after = residentBytes()
    return (after - before) / Double(engine.dealCount)
  }
}
