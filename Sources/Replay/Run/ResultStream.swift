import Deals
import Dispatch
import Foundation
import Synchronization

/// A file that grows by records, and can be cut back to what a checkpoint knows of.
///
/// Belongs to one thread; what it has gathered is written by another, so that the first need not wait for the kernel to
/// copy it. A few pieces of memory go round between the two: fresh ones would cost a page fault for every 4 KiB.
final class ResultStream<Writer: RecordWriter & ~Copyable> {
  private let path: String
  private let file: FileHandle
  private var writer: Writer
  private let queue = DispatchQueue(label: "dealpulse.results")
  private let pieces = EmptyPieces()
  private let failure = WriteFailure()
  /// Bytes that went to the file, those that wait to be written included.
  private var handedOver: UInt64

  /// Opens the file and cuts it to so many bytes. A device, such as /dev/null, is not cut.
  init(_ writer: consuming Writer, path: String, length: UInt64) throws {
    self.path = path
    self.writer = writer
    if !FileManager.default.fileExists(atPath: path), !FileManager.default.createFile(atPath: path, contents: nil) {
      throw ReplayError.unwritable(file: path, reason: "it can't be created")
    }
    do {
      let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
      file = try FileHandle(forUpdating: URL(filePath: path))
      if type == .typeRegular {
        let end = try file.seekToEnd()
        guard end >= length else {
          throw ReplayError.damagedCheckpoint(file: path, reason: "it is shorter than its checkpoint says")
        }
        // Only where there is something to cut: ext4 waits for the disk when a file that was cut is closed.
        if end > length { try file.truncate(atOffset: length) }
        try file.seek(toOffset: length)
      }
    } catch let error as ReplayError {
      throw error
    } catch {
      throw ReplayError.unwritable(file: path, reason: error.localizedDescription)
    }
    handedOver = length
  }

  // A stream that is dropped leaves nobody writing to its file.
  deinit { queue.sync {} }

  /// Bytes in the file, those that wait to be written included.
  var length: UInt64 { handedOver + UInt64(writer.count) }

  /// Writes a record, which must be one line, without its end.
  @inline(__always)
  func append(_ record: (inout Writer) -> Void) throws {
    record(&writer)
    writer.endLine()
    if writer.count >= EmptyPieces.size { try flush() }
  }

  /// Hands what was gathered to the other thread; waits while too much waits there already.
  ///
  /// - Throws: `ReplayError` where something could not be written before.
  @inline(never)
  private func flush() throws {
    try failure.check(path)
    guard writer.count > 0 else { return }
    let piece = pieces.take()
    writer.exchange(with: piece)
    handedOver += UInt64(piece.count)
    queue.async { [file, pieces, failure] in
      if let reason = piece.write(to: file.fileDescriptor) { failure.keep(reason) }
      pieces.give(piece)
    }
  }

  /// Waits until all of it is written: the kernel has it, and a kill of the program takes nothing away.
  func finish() throws {
    try flush()
    queue.sync {}
    try failure.check(path)
  }

  /// Waits until all of it is on the disk.
  func synchronize() throws {
    try flush()
    queue.sync { [file, failure] in
      // A pipe or a device keeps nothing.
      if fsync(file.fileDescriptor) != 0, errno != EINVAL { failure.keep(String(cString: strerror(errno))) }
    }
    try failure.check(path)
  }
}

/// Memory for what is written next. As much as is out waits to be written: more would only be memory.
private final class EmptyPieces: Sendable {
  /// Bytes after which a piece is handed over.
  static let size = 1 << 19

  private let pieces: Mutex<[TextPiece]>
  private let room = DispatchSemaphore(value: 3)

  init() {
    pieces = Mutex([])
  }

  /// An empty piece; waits until there is one.
  func take() -> TextPiece {
    room.wait()
    return pieces.withLock { $0.popLast() } ?? TextPiece(capacity: Self.size + 16_384)
  }

  func give(_ piece: TextPiece) {
    piece.removeAll()
    pieces.withLock { $0.append(piece) }
    room.signal()
  }
}

extension TextPiece {
  /// Writes all of it; why that is not possible, or nil.
  fileprivate func write(to descriptor: Int32) -> String? {
    withBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return String(cString: strerror(errno)) }
        rest = rest.dropFirst(count)
      }
      return nil
    }
  }
}

/// The first thing that the writer could not do.
private final class WriteFailure: Sendable {
  private let reason = Mutex<String?>(nil)

  func keep(_ words: String) { reason.withLock { $0 = $0 ?? words } }

  func check(_ path: String) throws(ReplayError) {
    if let reason = reason.withLock({ $0 }) { throw .unwritable(file: path, reason: reason) }
  }
}
