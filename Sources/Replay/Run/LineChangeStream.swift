import Deals
import Foundation

/// The changes of a file of JSON Lines, one at a time. Those after an instant are passed over, wherever they stand: a file
/// may be out of order.
final class LineChangeStream: ChangeStream {
  // Unchecked, because a stream belongs to one thread and nothing is called while one of them is changed.
  @exclusivity(unchecked) private var head: DealChange?
  @exclusivity(unchecked) private(set) var headTime: Timestamp?
  @exclusivity(unchecked) private(set) var place = StreamPlace(position: 0, line: 0, unreadable: 0)
  private(set) var unreadable = UnreadableLines()
  @exclusivity(unchecked) private(set) var order = EventOrder()
  private let reader: LineReader
  private let decoder = ChangeDecoder()
  private let size: Int64?
  private let end: Timestamp

  init(path: String, until end: Timestamp) throws {
    self.end = end
    reader = try LineReader(path: path)
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    size = (attributes?[.size] as? NSNumber)?.int64Value
    try advance()
  }

  var share: Double? {
    guard let size, size > 0 else { return nil }
    return min(1, Double(reader.diskPosition) / Double(size))
  }

  func take() throws -> DealChange? {
    // Moved out, not copied.
    let taken = head.take()
    try advance()
    return taken
  }

  func take(_ count: Int, into batch: inout [DealChange]) throws {
    guard count > 0, let first = head.take() else { return }
    headTime = nil
    batch.append(first)
    var hasMore = true
    var taken = 1
    while taken < count, hasMore {
      hasMore = try next { change in
        batch.append(change)
        taken += 1
      }
    }
    try advance()
  }

  private func advance() throws {
    headTime = nil
    var hasMore = true
    while headTime == nil, hasMore { hasMore = try next(keep) }
  }

  private func keep(_ change: DealChange) {
    headTime = change.occurredAt
    head = change
  }

  /// Hands on the change in the next line, if it holds one; false at the end.
  @inline(__always)
  private func next(_ body: (DealChange) -> Void) throws -> Bool {
    place = StreamPlace(position: reader.position, line: reader.line, unreadable: unreadable.count)
    return try reader.next { bytes in
      do throws(DecodeFailure) {
        let change = try ChangeLines.change(bytes, decoder)
        guard change.occurredAt <= end else { return }
        order.note(change.occurredAt, reader.path, reader.line)
        body(change)
      } catch {
        unreadable.add(UnreadableLine(file: reader.path, line: reader.line, reason: "\(error)"))
      }
    }
  }

  func resume(at place: StreamPlace) throws {
    try reader.seek(to: place.position, afterLine: place.line)
    unreadable = UnreadableLines()
    unreadable.count = place.unreadable
    try advance()
    // With the change that comes next, which has just been read once more.
    order = place.order ?? order
  }
}

/// Changes that are in memory already and in order, such as those of a CRM's CSV.
final class ListedChangeStream: ChangeStream {
  private let changes: [DealChange]
  private var index = 0
  let unreadable: UnreadableLines
  let order = EventOrder()
  let remarks: [String]

  init(
    _ changes: [DealChange], until end: Timestamp, unreadable: UnreadableLines = UnreadableLines(),
    remarks: [String] = []
  ) {
    self.changes = end.milliseconds == .max ? changes : changes.filter { $0.occurredAt <= end }
    self.remarks = remarks
    self.unreadable = unreadable
  }

  var headTime: Timestamp? { index < changes.count ? changes[index].occurredAt : nil }
  var place: StreamPlace { StreamPlace(position: Int64(index), line: index, unreadable: unreadable.count) }
  var share: Double? { changes.isEmpty ? 1 : Double(index) / Double(changes.count) }

  func take() -> DealChange? {
    guard index < changes.count else { return nil }
    defer { index += 1 }
    return changes[index]
  }

  func resume(at place: StreamPlace) { index = Int(place.position) }
}
