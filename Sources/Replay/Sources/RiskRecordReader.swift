import Deals

/// Reads records of `deals.risk` and says how they depart from what we would have written. Belongs to one thread.
final class RiskRecordReader {
  private let decoder = RiskDecoder()
  private var writer = JSONWriter()

  func read(
    _ value: UnsafeRawBufferPointer, at position: SourcePosition, _ key: RecordKey, _ eventIDs: [String]
  ) -> RiskRecord {
    guard let event = try? decoder.decode(value) else { return RiskRecord(position: position, event: nil) }
    var record = RiskRecord(position: position, event: event)
    writer.removeAll()
    writer.riskEvent(event)
    // What a decoder rounds, clamps or passes over comes out otherwise when it is written again.
    let isOurs = writer.withBytes { $0.elementsEqual(value) }
    if !isOurs { record.asWritten = Array(value) }
    if key == .none { record.strays.append("key (none)") }
    if case .bytes(let bytes) = key, !bytes.elementsEqual(event.dealID.text.utf8) { record.strays.append("key") }
    if eventIDs.contains(where: { $0 != event.eventID.description }) { record.strays.append("header ce_id") }
    // A score stands in the twin of its change's partition.
    if position.partition != event.source.partition { record.strays.append("partition") }
    return record
  }
}
