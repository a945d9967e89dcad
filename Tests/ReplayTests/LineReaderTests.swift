import CZlib
import CZstd
import Foundation
import Testing

@testable import Replay

@Suite("Files are read line by line")
struct LineReaderTests {
  private func withFile(_ bytes: [UInt8], _ packing: Packing = .none, _ body: (String) throws -> Void) throws {
    let path = NSTemporaryDirectory() + "lines-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    // In two parts, as tools write that append: two members of gzip, two frames of zstd.
    let half = bytes.count / 2
    try Data(packing.pack(bytes[..<half]) + packing.pack(bytes[half...])).write(to: URL(filePath: path))
    try body(path)
  }

  private func lines(_ reader: LineReader) throws -> [String] {
    var lines: [String] = []
    while try reader.next({ lines.append(String(decoding: $0, as: UTF8.self)) }) {}
    return lines
  }

  @Test(
    "lines end with LF or CR LF, the last one with nothing too; empty ones are counted", arguments: Packing.allCases)
  func ends(packing: Packing) throws {
    try withFile(Array("one\r\n\ntwo\nthree".utf8), packing) { path in
      let reader = try LineReader(path: path)
      #expect(try lines(reader) == ["one", "two", "three"])
      #expect(reader.line == 4)
    }
  }

  @Test("a line may be longer than any buffer", arguments: Packing.allCases)
  func long(packing: Packing) throws {
    let long = String(repeating: "x", count: 1_500_000)
    try withFile(Array("a\n\(long)\nb\n".utf8), packing) { path in
      let reader = try LineReader(path: path)
      #expect(try lines(reader) == ["a", long, "b"])
    }
  }

  @Test("reading goes on at a place that was named before", arguments: Packing.allCases)
  func seeks(packing: Packing) throws {
    let all = (0..<50_000).map { "line number \($0)" }
    try withFile(Array(all.joined(separator: "\n").utf8), packing) { path in
      let reader = try LineReader(path: path)
      for _ in 0..<30_000 { _ = try reader.next { _ in } }
      let (position, line) = (reader.position, reader.line)
      let other = try LineReader(path: path)
      try other.seek(to: position, afterLine: line)
      #expect(try lines(other) == Array(all[30_000...]))
      #expect(other.line == 50_000)
    }
  }

  @Test("a compressed file that was cut off is an error, not an end", arguments: [Packing.gzip, .zstd])
  func cut(packing: Packing) throws {
    var generator = SeededGenerator(seed: 1)
    let noise = (0..<200_000).map { _ in UInt8.random(in: 32...126, using: &generator) }
    try withFile(noise, packing) { path in
      let whole = try Data(contentsOf: URL(filePath: path))
      try whole.prefix(whole.count / 2).write(to: URL(filePath: path))
      let reader = try LineReader(path: path)
      #expect(throws: ReplayError.self) { try lines(reader) }
      #expect(throws: ReplayError.self) { try FileBytes.read(path: path) }
    }
  }

  @Test("a damaged file says so", arguments: [Packing.gzip, .zstd]) func damaged(packing: Packing) throws {
    try withFile(Array("one\ntwo\n".utf8), packing) { path in
      var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
      for index in 10..<14 { bytes[index] ^= 0xFF }
      try Data(bytes).write(to: URL(filePath: path))
      #expect(throws: ReplayError.self) { try FileBytes.read(path: path) }
    }
  }

  @Test("an empty file, and one of two bytes, are read to their ends", arguments: ["", "{}"])
  func small(text: String) throws {
    try withFile(Array(text.utf8)) { path in
      let bytes = try FileBytes.read(path: path)
      #expect(bytes == Array(text.utf8))
    }
  }
}

/// How a test's file is compressed.
enum Packing: CaseIterable {
  case none, gzip, zstd

  func pack(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    switch self {
    case .none: Array(bytes)
    case .gzip: gzipped(bytes)
    case .zstd: zstandard(bytes)
    }
  }

  private func gzipped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var stream = z_stream()
    deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, 0, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    defer { deflateEnd(&stream) }
    var (input, output) = (Array(bytes), [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count)))))
    return input.withUnsafeMutableBufferPointer { input in
      output.withUnsafeMutableBufferPointer { output in
        (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
        (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
        #expect(deflate(&stream, Z_FINISH) == Z_STREAM_END)
        return Array(output[..<(output.count - Int(stream.avail_out))])
      }
    }
  }

  private func zstandard(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let input = Array(bytes)
    var output = [UInt8](repeating: 0, count: ZSTD_compressBound(input.count))
    let length = ZSTD_compress(&output, output.count, input, input.count, 3)
    return Array(output[..<length])
  }
}
