import Deals
import Foundation

/// The changes of a file of JSON Lines, one at a time.
final class LineChangeStream: ChangeStream {
  private(set) var head: DealChange?
  private(set) var place = StreamPlace(position: 0, line: 0, unreadable: 0)
  private(set) var unreadable = UnreadableLines()
  private let reader: LineReader
  private let decoder = ChangeDecoder()
  private let size: Int64?

  init(path: String) throws {
    reader = try LineReader(path: path)
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    size = (attributes?[.size] as? NSNumber)?.int64Value
    try advance()
  }

  var headTime: Timestamp? { head?.occurredAt }

  var share: Double? {
    guard let size, size > 0 else { return nil }
    return min(1, Double(reader.diskPosition) / Double(size))
  }

  func advance() throws {
    head = nil
    var hasMore = true
    while head == nil, hasMore {
      place = StreamPlace(position: reader.position, line: reader.line, unreadable: unreadable.count)
      hasMore = try reader.next { bytes in
        do throws(DecodeFailure) {
          head = try ChangeLines.change(bytes, decoder)
        } catch {
          unreadable.add(UnreadableLine(file: reader.path, line: reader.line, reason: "\(error)"))
        }
      }
    }
  }

  func resume(at place: StreamPlace) throws {
    try reader.seek(to: place.position, afterLine: place.line)
    unreadable = UnreadableLines()
    unreadable.count = place.unreadable
    try advance()
  }
}

/// Changes that are in memory already, such as those of a CRM's CSV.
final class ListedChangeStream: ChangeStream {
  private let changes: [DealChange]
  private var index = 0
  let unreadable: UnreadableLines

  init(_ changes: [DealChange], unreadable: UnreadableLines = UnreadableLines()) {
    self.changes = changes
    self.unreadable = unreadable
  }

  var head: DealChange? { index < changes.count ? changes[index] : nil }
  var headTime: Timestamp? { index < changes.count ? changes[index].occurredAt : nil }
  var place: StreamPlace { StreamPlace(position: Int64(index), line: index, unreadable: unreadable.count) }
  var share: Double? { changes.isEmpty ? 1 : Double(index) / Double(changes.count) }
  func advance() { index += 1 }
  func resume(at place: StreamPlace) { index = Int(place.position) }
}
