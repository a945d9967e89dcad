import Foundation

/// Reads a file line by line, compressed with gzip or zstd or not at all, without keeping more than a piece of it in memory.
///
/// The raw buffer ends here: a line's bytes are only valid within the closure that is given them. It is raw because a line
/// is looked at for each change, and an array would be counted up and down for each.
public final class LineReader {
  /// Some tools write it before UTF-8. It belongs to no line.
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The file.
  public var path: String { file.path }
  /// The number of the last line that was handed out, from 1.
  @exclusivity(unchecked) public private(set) var line = 0
  /// Where in the uncompressed text the next line begins.
  @exclusivity(unchecked) public private(set) var position: Int64 = 0

  private let file: UnpackedFile
  // Unchecked, because a reader belongs to one thread and nothing is called while one of them is changed.
  @exclusivity(unchecked) private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 64)
  @exclusivity(unchecked) private var start = 0
  @exclusivity(unchecked) private var end = 0
  private var isAtEnd = false

  /// Opens a file.
  ///
  /// - Throws: `ReplayError` where it can't be opened.
  public init(path: String) throws(ReplayError) { file = try UnpackedFile(path: path) }

  deinit { buffer.deallocate() }

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
    let hasReturn = length > 0 && buffer[taken - 1] == UInt8(ascii: "\r")
    var content = UnsafeRawBufferPointer(rebasing: buffer[first..<(hasReturn ? taken - 1 : taken)])
    if line == 1, content.starts(with: Self.byteOrderMark) {
      content = UnsafeRawBufferPointer(rebasing: content[Self.byteOrderMark.count...])
    }
    if !content.isEmpty { try body(content) }
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
    guard index < end, let base = buffer.baseAddress, let found = memchr(base + index, 0x0A, end - index) else {
      return nil
    }
    return found - base
  }

  private func grow() {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 2, alignment: 64)
    larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
    buffer.deallocate()
    buffer = larger
  }

  /// Reads on; moves what is left to the front first. False at the end of the file.
  private func fill() throws(ReplayError) -> Bool {
    if isAtEnd { return false }
    if start > 0 {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
      end -= start
      start = 0
    }
    if end == buffer.count { grow() }
    let count = try file.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[end...]))
    end += count
    isAtEnd = count == 0
    return count > 0
  }
}
