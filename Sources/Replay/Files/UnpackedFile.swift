import Foundation

/// The bytes of a file, unpacked where it is compressed with gzip or zstd. Keeps no more than a piece of it in memory.
///
/// The memory is raw, because zlib and zstd write into it; it is allocated once and nothing outside sees it.
final class UnpackedFile {
  /// The file.
  let path: String
  /// Where in the unpacked bytes the next read begins.
  private(set) var position: Int64 = 0
  /// How far the file itself has been read, in bytes as they are on disk: for progress.
  private(set) var diskPosition: Int64 = 0

  private let descriptor: Int32
  private let compression: Compression
  private var unpacker: (any Unpacker)?
  /// Bytes as they are on disk: those from `start` to `end` are not used up.
  private let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
  private var start = 0
  private var end = 0
  private var isAtEnd = false

  /// Opens a file.
  ///
  /// - Throws: `ReplayError` where it can't be opened or read.
  init(path: String) throws(ReplayError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .unopened(file: path) }
    self.path = path
    self.descriptor = descriptor
    var (head, count, isAtEnd) = ([UInt8](repeating: 0, count: Compression.markLength), 0, false)
    // A pipe may hand out its first bytes one by one.
    while count < head.count, !isAtEnd {
      let got = head.withUnsafeMutableBytes {
        Self.read(descriptor, UnsafeMutableRawBufferPointer(rebasing: $0[count...]))
      }
      guard got >= 0 else {
        close(descriptor)
        throw .damaged(file: path, reason: String(cString: strerror(errno)))
      }
      isAtEnd = got == 0
      count += got
    }
    compression = Compression(head[..<count])
    unpacker = compression.unpacker()
    self.isAtEnd = isAtEnd
    diskPosition = Int64(count)
    piece.copyBytes(from: head[..<count])
    end = count
  }

  deinit {
    close(descriptor)
    piece.deallocate()
  }

  /// Reads into memory, at least one byte; 0 at the end of the file.
  ///
  /// - Throws: `ReplayError` where the file is damaged or was cut off.
  func read(into output: UnsafeMutableRawBufferPointer) throws(ReplayError) -> Int {
    guard !output.isEmpty else { return 0 }
    let count = unpacker == nil ? try readPlain(output) : try readPacked(output)
    position += Int64(count)
    return count
  }

  /// Goes to a place in the unpacked bytes; of a compressed file, everything before it is unpacked again.
  ///
  /// - Throws: `ReplayError` where there is no such place.
  func seek(to target: Int64) throws(ReplayError) {
    if target != position {
      (start, end, isAtEnd, position, diskPosition) = (0, 0, false, 0, 0)
      unpacker = compression.unpacker()
      let first = unpacker == nil ? target : 0
      guard lseek(descriptor, off_t(first), SEEK_SET) == off_t(first) else {
        throw .damaged(file: path, reason: "there is no byte \(target), or this is a pipe")
      }
      (position, diskPosition) = (first, first)
    }
    var rest = target - position
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { room.deallocate() }
    while rest > 0 {
      let count = try read(into: UnsafeMutableRawBufferPointer(rebasing: room[..<Int(min(rest, Int64(room.count)))]))
      guard count > 0 else { throw .damaged(file: path, reason: "there is no byte \(target)") }
      rest -= Int64(count)
    }
  }

  private func readPlain(_ output: UnsafeMutableRawBufferPointer) throws(ReplayError) -> Int {
    if start < end {
      let count = min(end - start, output.count)
      output.copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[start..<start + count]))
      start += count
      return count
    }
    return try readDisk(output)
  }

  private func readPacked(_ output: UnsafeMutableRawBufferPointer) throws(ReplayError) -> Int {
    guard let unpacker else { return 0 }
    while true {
      if start == end, !isAtEnd { (start, end) = (0, try readDisk(piece)) }
      if start == end, unpacker.isWhole { return 0 }
      let step: (read: Int, written: Int)
      do throws(UnpackFailure) {
        step = try unpacker.unpack(UnsafeRawBufferPointer(rebasing: piece[start..<end]), into: output)
      } catch {
        throw .damaged(file: path, reason: error.reason)
      }
      start += step.read
      if step.written > 0 { return step.written }
      if isAtEnd, start == end {
        if unpacker.isWhole { return 0 }
        if step.read == 0 { throw .damaged(file: path, reason: "its compressed data was cut off") }
      }
    }
  }

  private func readDisk(_ output: UnsafeMutableRawBufferPointer) throws(ReplayError) -> Int {
    let count = Self.read(descriptor, output)
    guard count >= 0 else { throw .damaged(file: path, reason: String(cString: strerror(errno))) }
    if count == 0 { isAtEnd = true }
    diskPosition += Int64(count)
    return count
  }

  private static func read(_ descriptor: Int32, _ output: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let count = Foundation.read(descriptor, output.baseAddress, output.count)
      if count >= 0 || errno != EINTR { return count }
    }
  }
}
