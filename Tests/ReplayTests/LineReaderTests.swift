import CZlib
import Foundation
import Testing

@testable import Replay

@Suite("Files are read line by line")
struct LineReaderTests {
  private func withFile(_ bytes: [UInt8], gzip: Bool = false, _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "lines-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    if gzip {
      let file = try #require(gzopen(path, "wb"))
      #expect(bytes.withUnsafeBytes { gzwrite(file, $0.baseAddress, UInt32($0.count)) } == bytes.count)
      gzclose(file)
    } else {
      try Data(bytes).write(to: URL(filePath: path))
    }
    try body(path)
  }

  private func lines(_ reader: LineReader) throws -> [String] {
    var lines: [String] = []
    while try reader.next({ lines.append(String(decoding: $0, as: UTF8.self)) }) {}
    return lines
  }

  @Test("lines end with LF or CR LF, the last one with nothing too; empty ones are counted", arguments: [false, true])
  func ends(gzip: Bool) throws {
    try withFile(Array("one\r\n\ntwo\nthree".utf8), gzip: gzip) { path in
      let reader = try LineReader(path: path)
      #expect(try lines(reader) == ["one", "two", "three"])
      #expect(reader.line == 4)
    }
  }

  @Test("a line may be longer than any buffer", arguments: [false, true])
  func long(gzip: Bool) throws {
    let long = String(repeating: "x", count: 1_500_000)
    try withFile(Array("a\n\(long)\nb\n".utf8), gzip: gzip) { path in
      let reader = try LineReader(path: path)
      #expect(try lines(reader) == ["a", long, "b"])
    }
  }

  @Test("reading goes on at a place that was named before", arguments: [false, true])
  func seeks(gzip: Bool) throws {
    let all = (0..<50_000).map { "line number \($0)" }
    try withFile(Array(all.joined(separator: "\n").utf8), gzip: gzip) { path in
      let reader = try LineReader(path: path)
      for _ in 0..<30_000 { _ = try reader.next { _ in } }
      let (position, line) = (reader.position, reader.line)
      let other = try LineReader(path: path)
      try other.seek(to: position, afterLine: line)
      #expect(try lines(other) == Array(all[30_000...]))
      #expect(other.line == 50_000)
    }
  }

  @Test("a compressed file that was cut off is an error, not an end")
  func cut() throws {
    var generator = SeededGenerator(seed: 1)
    let noise = (0..<200_000).map { _ in UInt8.random(in: 32...126, using: &generator) }
    try withFile(noise, gzip: true) { path in
      let whole = try Data(contentsOf: URL(filePath: path))
      try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
      let reader = try LineReader(path: path)
      #expect(throws: ReplayError.self) { try lines(reader) }
      #expect(throws: ReplayError.self) { try FileBytes.read(path: path) }
    }
  }
}
