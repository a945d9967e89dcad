import Deals
import Foundation
import Scoring

/// What a stream has come to, read through Kafka: what must be the same whatever happened to the scorers.
struct StreamOutcome: Equatable {
  /// The states without the scores in them: those depend on when the ledger came round.
  var states: [DealID: DealState] = [:]
  var positions: [Int32: ChangelogPosition] = [:]
  var riskEvents: Set<EventID> = []
  /// Records of deals.risk, repeats included.
  var riskRecords = 0
  /// The ledger as its readers count it, each entry once, without predictions.
  var ledger: [SourcePosition: LedgerEntry] = [:]
  var deadLetters: Set<SourcePosition> = []

  init(of stream: Stream) throws {
    let decoder = StateDecoder()
    try stream.forEach(stream.topics.state, partitions: stream.partitions) { message in
      let record = try message.key.withUnsafeBytes { key in
        try message.value.withUnsafeBytes { value in
          try decoder.decode(key: key, value: message.isTombstone ? nil : value)
        }
      }
      switch record {
      case .deal(let id, let state): states[id] = state.map(Self.withoutScores)
      case .position(let position, _, _): positions[message.partition] = position
      }
    }
    let risks = RiskDecoder()
    try stream.forEach(stream.topics.risk, partitions: stream.partitions) { message in
      guard !message.isTombstone else { return }
      riskRecords += 1
      riskEvents.insert(try message.value.withUnsafeBytes { try risks.decode($0) }.eventID)
    }
    let entries = LedgerDecoder()
    try stream.forEach(stream.topics.outcomes, partitions: 1) { message in
      let entry = try message.value.withUnsafeBytes { try entries.decode($0) }
      ledger[entry.source] = ledger[entry.source] ?? Self.withoutScores(entry)
    }
    try stream.forEach(stream.topics.deadLetter, partitions: 3) { message in
      let headers = Dictionary(message.headers.map { ($0.name, $0.text ?? "") }) { first, _ in first }
      deadLetters.insert(
        SourcePosition(
          partition: Int32(headers["dl_partition"] ?? "") ?? -1, offset: Int64(headers["dl_offset"] ?? "") ?? -1))
    }
  }

  private static func withoutScores(_ state: DealState) -> DealState {
    var state = state
    (state.prediction, state.challenger, state.tier) = (nil, nil, nil)
    return state
  }

  private static func withoutScores(_ entry: LedgerEntry) -> LedgerEntry {
    func bare(_ deal: ClosedDeal) -> ClosedDeal {
      var deal = deal
      deal.predictions = []
      return deal
    }
    var entry = entry
    switch entry.content {
    case .adds(let deal): entry.content = .adds(bare(deal))
    case .retracts(let deal): entry.content = .retracts(bare(deal))
    case .amends(let from, let to): entry.content = .amends(from: bare(from), to: bare(to))
    }
    return entry
  }
}
