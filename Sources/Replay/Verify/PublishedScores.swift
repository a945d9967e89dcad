import Deals

/// The scores that stand in `deals.risk`, by the partition of the change that each names.
struct PublishedScores {
  private(set) var bySourcePartition: [Int32: [(record: SourcePosition, event: RiskEvent)]] = [:]
  private(set) var unreadable = 0
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
      bySourcePartition[event.source.partition, default: []].append((record.position, event))
    }
    whole = Set(next.keys).subtracting(broken)
  }

  /// Whether a score that is not there may have been compacted away or have passed its retention.
  func mayHaveRemoved(_ risks: [(record: SourcePosition, event: RiskEvent)], isLast: Bool) -> Bool {
    // Compaction keeps a deal's newest score, so one that should follow it was never written.
    guard let partition = risks.first?.record.partition else { return false }
    return !isLast && !whole.contains(partition)
  }
}
