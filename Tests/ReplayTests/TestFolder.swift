import Deals
import Foundation

@testable import Replay

/// A folder that is gone after the test.
final class TestFolder {
  /// Its path.
  let path = NSTemporaryDirectory() + "deal-replay-\(UUID().uuidString)"

  init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The path of a file in it.
  func callAsFunction(_ name: String) -> String { path + "/" + name }

  /// A change as it stands in a line.
  static func line(_ change: DealChange) -> String {
    var writer = JSONWriter()
    writer.change(change)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// Writes a file of lines, and gives its path.
  func write(_ name: String, _ lines: [String]) throws -> String {
    try Data(lines.map { $0 + "\n" }.joined().utf8).write(to: URL(filePath: self(name)))
    return self(name)
  }

  /// Runs a replay to its end.
  static func run(_ replay: HistoryReplay) throws {
    while try replay.advance(100) {}
    _ = try replay.finish()
  }
}
