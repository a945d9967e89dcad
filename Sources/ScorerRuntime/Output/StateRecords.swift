import Deals
import Scoring

/// The changelog records of one commit of one partition, encoded: the changed deals, then the position. They may wait
/// here until what they stand for is acknowledged, while the engine goes on.
struct StateRecords {
  private struct Record {
    var key: Range<Int>
    /// nil for a tombstone.
    var value: Range<Int>?
  }

  private var bytes: [UInt8] = []
  private var records: [Record] = []

  /// Encodes everything that changed in an engine since its last commit.
  ///
  /// - Parameters:
  ///   - member: Who writes it within a transaction; nil without one.
  ///   - partitions: How many partitions deals.changes has.
  init(_ engine: DealEngine, writer member: String?, partitions: Int, _ writer: inout JSONWriter) {
    records.reserveCapacity(engine.uncommittedDeals + 1)
    bytes.reserveCapacity(engine.uncommittedDeals * 420 + 256)
    engine.forEachUncommittedDeal { id, state in
      let key = append(id.text.utf8)
      guard let state else { return records.append(Record(key: key, value: nil)) }
      writer.removeAll()
      writer.dealState(state)
      records.append(Record(key: key, value: append(&writer)))
    }
    let key = append(ChangelogPosition.key.utf8)
    writer.removeAll()
    writer.position(engine.position, writer: member, partitions: partitions)
    records.append(Record(key: key, value: append(&writer)))
  }

  private mutating func append(_ writer: inout JSONWriter) -> Range<Int> {
    let start = bytes.count
    writer.withBytes { bytes.append(contentsOf: $0) }
    return start..<bytes.count
  }

  private mutating func append(_ content: some Collection<UInt8>) -> Range<Int> {
    let start = bytes.count
    bytes.append(contentsOf: content)
    return start..<bytes.count
  }

  func forEach<Failure: Error>(
    _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer?) throws(Failure) -> Void
  ) throws(Failure) {
    try bytes.span.bytes.withUnsafeBytes { buffer throws(Failure) in
      for record in records {
        try body(
          UnsafeRawBufferPointer(rebasing: buffer[record.key]),
          record.value.map { UnsafeRawBufferPointer(rebasing: buffer[$0]) })
      }
    }
  }
}
