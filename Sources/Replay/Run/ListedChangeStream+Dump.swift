import Deals

extension ListedChangeStream {
  /// The changes of a dump of `deals.changes`, in the order in which a cluster is read: of event time, at one instant by
  /// deal, of one deal as they stand in their partition. A dump holds partition after partition, or any mixture of them.
  ///
  /// It is kept in memory whole: what is out of order within it can be told only when everything is there.
  convenience init(dump path: String, until end: Timestamp) throws {
    let decoder = ChangeDecoder()
    let reader = try LineReader(path: path)
    var found: [(change: DealChange, offset: Int64)] = []
    var unreadable = UnreadableLines()
    var positions: [SourcePosition] = []
    var hasMore = true
    while hasMore {
      hasMore = try reader.next { bytes in
        do {
          let record = try DumpRecord(bytes)
          positions.append(record.position)
          found.append((try record.change(decoder), record.position.offset))
        } catch {
          let reason = (error as? DumpRecord.Failure)?.reason ?? "\(error)"
          unreadable.add(UnreadableLine(file: path, line: reader.line, reason: reason))
        }
      }
    }
    unreadable.gaps = OffsetGaps(positions)
    if found.isEmpty { try HistoryFiles.refuse(unreadable.first.first, of: unreadable.count) }
    found.sort { left, right in
      if left.change.occurredAt != right.change.occurredAt { return left.change.occurredAt < right.change.occurredAt }
      if left.change.dealID != right.change.dealID { return left.change.dealID < right.change.dealID }
      return left.offset < right.offset
    }
    self.init(found.map(\.change), until: end, unreadable: unreadable)
  }
}
