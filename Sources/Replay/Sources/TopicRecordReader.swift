import Deals

/// What is known of a record's key.
public enum RecordKey: Hashable, Sendable {
  /// The input does not tell it.
  case untold
  /// The record has none.
  case none
  /// Its bytes.
  case bytes([UInt8])
}

/// Gathers records of the three topics for a verification, from wherever they come.
public struct TopicRecordReader {
  /// What was gathered.
  public private(set) var records = TopicRecords()
  /// Records of other topics, which were left out.
  public private(set) var others = 0

  /// Where dead letters were read: changes that the scorer refused, for a reason that may hold no more (a future time, a
  /// size, an older version).
  private var refused: Set<SourcePosition> = []
  private let changeDecoder = ChangeDecoder()
  private let ledgerDecoder = LedgerDecoder()
  private let risks = RiskRecordReader()

  /// Nothing gathered.
  public init() {}

  /// Takes in a record of `deals.changes`. What a scorer would send to the dead letters is kept as an unreadable record.
  public mutating func addChange(
    key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?, timestamp: Timestamp?, at position: SourcePosition
  ) {
    let change = try? changeDecoder.decode(key: key, value: value, timestamp: timestamp, source: position, now: nil)
    records.changes.append(ChangeRecord(position: position, change: change))
  }

  /// Takes in a record of `deals.outcomes`; nil is one without a value.
  public mutating func addOutcome(_ value: UnsafeRawBufferPointer?, at offset: Int64) {
    let entry = value.flatMap { try? ledgerDecoder.decode($0) }
    records.ledger.append(LedgerRecord(offset: offset, entry: entry))
  }

  /// Takes in a record of `deals.risk`. One without a value is a deletion, and no score.
  ///
  /// - Parameter eventIDs: The record's headers `ce_id`, as far as the input tells them.
  public mutating func addRisk(
    _ value: UnsafeRawBufferPointer?, at position: SourcePosition, key: RecordKey = .untold, eventIDs: [String] = []
  ) {
    guard let value else { return }
    records.risks.append(risks.read(value, at: position, key, eventIDs))
  }

  /// Takes in that the scorer sent a record of `deals.changes` to the dead letters.
  public mutating func addRefusal(of position: SourcePosition) { refused.insert(position) }

  /// Takes in the lines of a dump, told apart by the end of their topic's name.
  ///
  /// - Throws: `ReplayError` where the file can't be read or a line is no record.
  public mutating func addDump(path: String) throws {
    let reader = try LineReader(path: path)
    var hasMore = true
    while hasMore {
      hasMore = try reader.next { line in
        do {
          add(try DumpRecord(line))
        } catch let failure as DumpRecord.Failure {
          throw ReplayError.notARecord(file: path, line: reader.line, reason: failure.reason)
        }
      }
    }
  }

  /// Puts the ledger in the order of its offsets, takes out the changes that were refused, and returns everything.
  public func sorted() -> TopicRecords {
    var records = records
    records.ledger.sort { $0.offset < $1.offset }
    if !refused.isEmpty {
      for index in records.changes.indices where refused.contains(records.changes[index].position) {
        records.changes[index].change = nil
      }
    }
    return records
  }

  private mutating func add(_ record: DumpRecord) {
    if record.topic.hasSuffix("deals.changes") {
      let change = try? record.change(changeDecoder)
      records.changes.append(ChangeRecord(position: record.position, change: change))
    } else if record.topic.hasSuffix("deals.outcomes") {
      let entry = try? record.decoded { bytes throws(DecodeFailure) in try ledgerDecoder.decode(bytes) }
      records.ledger.append(LedgerRecord(offset: record.position.offset, entry: entry ?? nil))
    } else if record.topic.hasSuffix("deals.risk") {
      record.value?.withUnsafeBytes { value in
        addRisk(value, at: record.position, key: record.recordKey, eventIDs: record.eventIDs)
      }
    } else if record.topic.hasSuffix("deals.dead-letter") {
      guard let refused = record.refusedRecord, refused.topic.hasSuffix("deals.changes") else { return }
      addRefusal(of: refused.position)
    } else {
      others += 1
    }
  }
}
