import CZlib
import Foundation

/// Reads a file line by line, gzip-compressed or not, without keeping more than a piece of it in memory.
///
/// The raw buffer ends here: a line's bytes are only valid within the closure that is given them.
public final class LineReader {
  /// The file.
  public let path: String
  /// The number of the last line that was handed out, from 1.
  public private(set) var line = 0
  /// Where in the uncompressed text the next line begins.
  public private(set) var position: Int64 = 0

  private let file: gzFile
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)
  private var start = 0
  private var end = 0
  private var isAtEnd = false

  /// Opens a file.
  ///
  /// - Throws: `ReplayError` where it can't be opened.
  public init(path: String) throws(ReplayError) {
    guard let file = gzopen(path, "rb") else { throw .unopened(file: path) }
    gzbuffer(file, 1 << 18)
    self.file = file
    self.path = path
  }

  deinit { gzclose(file) }

  /// How far the file itself has been read, in bytes as they are on disk: for progress.
  public var diskPosition: Int64 { Int64(gzoffset(file)) }

  /// Goes to where a line begins, as `position` said before, with the number of the line before it.
  public func seek(to position: Int64, afterLine line: Int) throws(ReplayError) {
    guard gzseek(file, Int(position), SEEK_SET) >= 0 else {
      throw .damaged(file: path, reason: "there is no byte \(position)")
    }
    self.position = position
    self.line = line
    start = 0
    end = 0
    isAtEnd = false
  }

  /// Hands the next line to `body`, without its end; false at the end of the file. Empty lines are counted and left out.
  public func next(_ body: (UnsafeRawBufferPointer) throws -> Void) throws -> Bool {
    guard let length = try nextLength() else { return false }
    let first = start
    let taken = first + length
    start = min(taken + 1, end)
    position += Int64(start - first)
    line += 1
    try buffer.withUnsafeBytes { bytes in
      let hasReturn = length > 0 && bytes[taken - 1] == UInt8(ascii: "\r")
      let content = UnsafeRawBufferPointer(rebasing: bytes[first..<(hasReturn ? taken - 1 : taken)])
      if !content.isEmpty { try body(content) }
    }
    return true
  }

  /// The length of the line that begins at `start`; nil at the end.
  private func nextLength() throws(ReplayError) -> Int? {
    var searched = start
    while true {
      if let found = newline(from: searched) { return found - start }
      // Filling moves the line to the front of the buffer: what was searched ends where its length says.
      searched = end - start
      guard try fill() else { return start < end ? end - start : nil }
    }
  }

  private func newline(from index: Int) -> Int? {
    guard index < end else { return nil }
    return buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, let found = memchr(base + index, 0x0A, end - index) else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  /// Reads on; moves what is left to the front first. False at the end of the file.
  private func fill() throws(ReplayError) -> Bool {
    if isAtEnd { return false }
    if start > 0 {
      buffer.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        _ = memmove(base, base + start, end - start)
      }
      end -= start
      start = 0
    }
    if end == buffer.count { buffer.append(contentsOf: repeatElement(0, count: buffer.count)) }
    let room = buffer.count - end
    let count = buffer.withUnsafeMutableBytes { bytes in
      gzread(file, bytes.baseAddress.map { $0 + end }, UInt32(room))
    }
    guard count >= 0 else {
      var code: Int32 = 0
      throw .damaged(file: path, reason: gzerror(file, &code).map { String(cString: $0) } ?? "unknown")
    }
    end += Int(count)
    if count == 0 {
      isAtEnd = true
      // A compressed file that was cut off ends without an error from gzread, but not without one here.
      var code: Int32 = 0
      if let text = gzerror(file, &code), code != 0 { throw .damaged(file: path, reason: String(cString: text)) }
    }
    return count > 0
  }
}
