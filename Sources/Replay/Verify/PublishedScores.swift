import Deals

/// The scores that stand in `deals.risk`, by the partition of the change that each names.
struct PublishedScores {
  private(set) var bySourcePartition: [Int32: [(record: SourcePosition, event: RiskEvent)]] = [:]
  private(set) var unreadable = 0
  /// The records that are not just what we write for their scores.
  private(set) var departing: [SourcePosition: RiskRecord] = [:]
  /// Partitions whose offsets begin at 0 and have no gaps: nothing was ever removed from these.
  private var whole: Set<Int32> = []

  init(_ records: [RiskRecord]) {
    var next: [Int32: Int64] = [:]
    var broken: Set<Int32> = []
    for record in records.sorted(by: {
      ($0.position.partition, $0.position.offset) < ($1.position.partition, $1.position.offset)
    }) {
      let partition = record.position.partition
      if record.position.offset != next[partition, default: 0] { broken.insert(partition) }
      next[partition] = record.position.offset + 1
      guard let event = record.event else {
        unreadable += 1
        continue
      }
      if !record.isAsOurs { departing[record.position] = record }
      bySourcePartition[event.source.partition, default: []].append((record.position, event))
    }
    whole = Set(next.keys).subtracting(broken)
  }

  /// Whether older scores of the deal with these may have been compacted away or have passed their retention.
  func mayHaveRemoved(_ risks: [(record: SourcePosition, event: RiskEvent)]) -> Bool {
    risks.first.map { !whole.contains($0.record.partition) } ?? false
  }
}
