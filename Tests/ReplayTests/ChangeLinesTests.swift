import Deals
import Foundation
import Testing

@testable import Replay

@Suite("A history is read on all processors")
struct ChangeLinesTests {
  /// Lines of changes, with some that can't be used, over several pieces.
  private func lines(_ count: Int) -> (lines: [String], ids: [EventID], faults: [Int]) {
    var (lines, ids, faults): ([String], [EventID], [Int]) = ([], [], [])
    var writer = JSONWriter()
    for change in RandomLives.changes(count, deals: 200, seed: 41) {
      if lines.count % 997 == 3 {
        lines.append(lines.count % 2 == 0 ? "nonsense" : "{\"deal_id\":\"D1\"}")
        faults.append(lines.count)
      }
      if lines.count % 501 == 7 { lines.append("") }
      writer.removeAll()
      writer.change(change)
      lines.append(String(decoding: writer.bytes, as: UTF8.self))
      ids.append(change.eventID)
    }
    return (lines, ids, faults)
  }

  @Test("changes come in the order of their lines, and faults with their lines' numbers", arguments: Packing.allCases)
  func order(packing: Packing) throws {
    let path = NSTemporaryDirectory() + "changes-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let (lines, ids, faults) = lines(9_000)
    for end in ["\n", "\r\n"] {
      let bytes = Array(lines.joined(separator: end).utf8)
      #expect(bytes.count > 2 * LinePieces.size)
      try Data(packing.pack(bytes[...])).write(to: URL(filePath: path))
      let contents = try ChangeLines().read([path])
      #expect(contents.changes.map(\.eventID) == ids)
      #expect(contents.unreadable.map(\.line) == faults && contents.unreadable.allSatisfy { $0.file == path })
    }
  }

  @Test("a line may be longer than a piece, and a file may be empty")
  func edges() throws {
    let path = NSTemporaryDirectory() + "changes-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let long = String(repeating: "x", count: 3 * LinePieces.size)
    try Data("\(long)\nshort\n\(long)".utf8).write(to: URL(filePath: path))
    #expect(try ChangeLines().read([path]).unreadable.map(\.line) == [1, 2, 3])
    try Data().write(to: URL(filePath: path))
    #expect(try ChangeLines().read([path, path]).changes.isEmpty)
    #expect(throws: ReplayError.unopened(file: path + "-none")) { try ChangeLines().read([path + "-none"]) }
  }

  @Test("a compressed file that was cut off is an error", arguments: [Packing.gzip, .zstd])
  func cut(packing: Packing) throws {
    let path = NSTemporaryDirectory() + "changes-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let packed = packing.pack(Array(lines(500).lines.joined(separator: "\n").utf8)[...])
    try Data(packed.prefix(packed.count / 2)).write(to: URL(filePath: path))
    #expect(throws: ReplayError.self) { try ChangeLines().read([path]) }
  }
}
