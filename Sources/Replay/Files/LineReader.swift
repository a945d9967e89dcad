import Foundation

/// Reads a file line by line, compressed with gzip or zstd or not at all, without keeping more than a piece of it in memory.
///
/// The raw buffer ends here: a line's bytes are only valid within the closure that is given them.
public final class LineReader {
  /// The file.
  public var path: String { file.path }
  /// The number of the last line that was handed out, from 1.
  public private(set) var line = 0
  /// Where in the uncompressed text the next line begins.
  public private(set) var position: Int64 = 0

  private let file: UnpackedFile
  private var buffer = [UInt8](repeating: 0, count: 1 << 18)
  private var start = 0
  private var end = 0
  private var isAtEnd = false

  /// Opens a file.
  ///
  /// - Throws: `ReplayError` where it can't be opened.
  public init(path: String) throws(ReplayError) { file = try UnpackedFile(path: path) }

  /// How far the file itself has been read, in bytes as they are on disk: for progress.
  public var diskPosition: Int64 { file.diskPosition }

  /// Goes to where a line begins, as `position` said before, with the number of the line before it.
  public func seek(to position: Int64, afterLine line: Int) throws(ReplayError) {
    try file.seek(to: position)
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
      var content = UnsafeRawBufferPointer(rebasing: bytes[first..<(hasReturn ? taken - 1 : taken)])
      // Some tools write a byte order mark before UTF-8, which belongs to no line.
      if line == 1, content.starts(with: [0xEF, 0xBB, 0xBF]) {
        content = UnsafeRawBufferPointer(rebasing: content[3...])
      }
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
    let (file, first) = (file, end)
    let count = try buffer.withUnsafeMutableBytes { bytes in
      let free = UnsafeMutableRawBufferPointer(rebasing: bytes[first...])
      return Result { () throws(ReplayError) in try file.read(into: free) }
    }.get()
    end += count
    isAtEnd = count == 0
    return count > 0
  }
}
